import { AppError } from '../base/errors.ts';
import type { Clock, Http, Random } from '../base/ports.ts';
import type { Secret } from '../base/secret.ts';
import { decodeUtf8 } from '../base/text.ts';
import {
  type Me,
  parseMe,
  parseSubscription,
  parseSubscriptionList,
  type Subscription,
  type SubscriptionList,
} from './api-answers.ts';
import { type ApiCall, type ApiWait, createCaller } from './api-call.ts';
import type { ApiVersion } from './topics.ts';

export type { ApiWait } from './api-call.ts';

export interface ApiOptions {
  /** See `apiBase` in regions.ts. The token is sent there and nowhere else. */
  readonly base: URL;
  readonly token: Secret;
  /** `propiq-intercom/1.2.3` */
  readonly userAgent: string;
  /** Of one attempt; 10 s when it is not given. */
  readonly timeoutMs?: number;
}

export interface ApiPorts {
  readonly http: Http;
  readonly clock: Clock;
  readonly random: Random;
  readonly signal: AbortSignal;
  /** Called before a wait, so that it can be shown. */
  readonly waiting?: (wait: ApiWait) => void;
}

/** What one call asks for besides its own matter. */
interface CallOptions {
  /** Sent as `Intercom-Version`; without it the app's own version counts. */
  readonly version?: ApiVersion;
}

interface NewSubscription {
  readonly url: URL;
  readonly topics: readonly string[];
  /** The key that its deliveries are signed with; without one they are not signed. */
  readonly hubSecret?: Secret;
  /** Asked for with `event.created`. */
  readonly eventNames?: readonly string[];
}

/**
 * The few calls of Intercom's REST API that a webhook needs. Each resolves for a well-formed 2xx answer and for nothing
 * else; whoever wants to know whether Intercom has closed a way asks that and no more:
 * @throws AppError `api/*` (exit code 4) for every other answer, `net/*` (3) where none came; the signal's reason
 */
export interface IntercomApi {
  /** `GET /me`: whether the token is accepted, and of which workspace and region it is. */
  me(options?: CallOptions): Promise<Me>;
  /**
   * The archived subscriptions API. Intercom documents it as closed to new subscriptions (developers.intercom.com,
   * docs/webhooks, FAQ); what it answers today is not documented.
   * Source of the calls: intercom-developer-hub.readme.io/reference/manage-subscriptions (archived), intercom-ruby.
   */
  readonly subscriptions: {
    list(options?: CallOptions): Promise<SubscriptionList>;
    /** Never repeated by itself: a second one would deliver everything twice. */
    create(asked: NewSubscription, options?: CallOptions): Promise<Subscription>;
    update(id: string, changes: Partial<NewSubscription>, options?: CallOptions): Promise<Subscription>;
    /** Has a `ping` notification sent. */
    ping(id: string, options?: CallOptions): Promise<void>;
    delete(id: string, options?: CallOptions): Promise<void>;
  };
}

/** @throws AppError `settings/secret-unusable` when the token cannot stand in a header */
export function createApi(options: ApiOptions, ports: ApiPorts): IntercomApi {
  requireSendable(options.token);
  const call = createCaller(options, ports);
  const isAny = (value: unknown): true | undefined => (typeof value === 'object' ? true : undefined);
  const one = (id: string, more = ''): string => `/subscriptions/${encodeURIComponent(id)}${more}`;
  const ask = <T>(asked: Omit<ApiCall<T>, 'version'>, { version }: CallOptions = {}): Promise<T> =>
    call({ ...asked, ...(version && { version }) });
  return {
    me: (how) => ask({ method: 'GET', path: '/me', repeat: 'safe', parse: parseMe, expected: 'an admin' }, how),
    subscriptions: {
      list: (how) =>
        ask(
          {
            method: 'GET',
            path: '/subscriptions',
            repeat: 'safe',
            parse: parseSubscriptionList,
            expected: 'a list of subscriptions',
          },
          how,
        ),
      create: (asked, how) =>
        ask(
          {
            method: 'POST',
            path: '/subscriptions',
            body: { service_type: 'web', ...bodyOf(asked) },
            repeat: 'never',
            parse: parseSubscription,
            expected: 'a subscription',
          },
          how,
        ),
      update: (id, changes, how) =>
        ask(
          {
            method: 'PUT',
            path: one(id),
            body: bodyOf(changes),
            repeat: 'safe',
            parse: parseSubscription,
            expected: 'a subscription',
          },
          how,
        ),
      async ping(id, how) {
        await ask(
          { method: 'POST', path: one(id, '/ping'), repeat: 'never', parse: isAny, expected: 'JSON or nothing' },
          how,
        );
      },
      async delete(id, how) {
        await ask(
          { method: 'DELETE', path: one(id), repeat: 'removal', parse: isAny, expected: 'JSON or nothing' },
          how,
        );
      },
    },
  };
}

function requireSendable(token: Secret): void {
  if (/^[\x21-\x7e]+$/.test(decodeUtf8(token.reveal()))) return;
  throw new AppError('settings/secret-unusable', {
    what: 'The access token cannot be sent',
    why: 'It is empty, or has a space, a line end or a letter with an accent in it. Tokens of Intercom have none.',
    hint: "Copy it again from the app's Authentication page in the Developer Hub into INTERCOM_ACCESS_TOKEN.",
  });
}

function bodyOf({ url, topics, hubSecret, eventNames }: Partial<NewSubscription>): Record<string, unknown> {
  return {
    ...(url && { url: url.href }),
    ...(topics && { topics }),
    ...(hubSecret && { hub_secret: decodeUtf8(hubSecret.reveal()) }),
    ...(eventNames && { metadata: { event_names: eventNames } }),
  };
}
