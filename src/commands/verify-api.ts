import { AppError } from '../base/errors.ts';
import type { Secret } from '../base/secret.ts';
import type { Settings } from '../base/settings.ts';
import { createApi, type IntercomApi } from '../intercom/api.ts';
import { apiBase } from '../intercom/regions.ts';
import type { ApiFacts } from '../verify/ports.ts';
import type { Context } from './context.ts';

/**
 * Asks Intercom's API when a check wants to know. Over connections of its own: what `--insecure` and `--resolve` allow for the
 * receiver must never reach the access token.
 */
export function apiFacts(token: Secret, settings: Settings, context: Context): ApiFacts {
  const region = settings.get('region');
  if (region === undefined) throw new TypeError('the setting "region" has no default');
  const base = apiBase(region.value, settings.get('apiBase')?.value);
  const { clock, random, signal, output, version } = context;
  const waiting = ({ ms, reason }: { readonly ms: number; readonly reason: string }): void =>
    output.note(`Intercom's API: ${reason.replace('-', ' ')}, asking again in ${Math.ceil(ms / 1000)} s…`);

  const ask = async <T>(question: (api: IntercomApi) => Promise<T>): Promise<T | AppError> => {
    try {
      const http = await context.http();
      const userAgent = `propiq-intercom/${version}`;
      return await question(createApi({ base, token, userAgent }, { http, clock, random, signal, waiting }));
    } catch (cause) {
      if (signal.aborted || !(cause instanceof AppError)) throw cause;
      return cause;
    }
  };
  const once = <T>(load: () => Promise<T>): (() => Promise<T>) => {
    let going: Promise<T> | undefined;
    return () => (going ??= load());
  };
  return {
    region,
    topics: settings.get('topics')?.value ?? [],
    me: once(() => ask((api) => api.me())),
    subscriptions: once(() => ask((api) => api.subscriptions.list())),
  };
}
