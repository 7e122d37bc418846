import { healthUrls, reachOf } from '../intercom/webhook-url.ts';
import type { Secret } from '../base/secret.ts';
import type { Signing, Target } from './check.ts';

export interface TargetInput {
  readonly url: URL;
  readonly secret?: Secret | undefined;
  /** False under `--no-signed`. */
  readonly wantsSigned: boolean;
  readonly healthPath?: string | undefined;
  readonly intercomHealthPath?: string | undefined;
  readonly appId?: string | undefined;
  readonly version: string;
  readonly timeoutMs: number;
  readonly isInsecure?: boolean | undefined;
}

/** The workspace id of samples; the shape is that of captured deliveries (zulip/zulip fixtures). */
const SAMPLE_APP_ID = 'x7k2p9qd';

/** Whether a URL is only a domain: then nothing is sent. */
export function hasNoPath(url: URL): boolean {
  return /^\/*$/.test(url.pathname);
}

/** Puts together what is judged. Nothing is sent. */
export function createTarget(input: TargetInput): Target {
  const { url, healthPath, intercomHealthPath } = input;
  const health = healthUrls(url, { health: healthPath, intercomHealth: intercomHealthPath });
  return {
    url,
    reach: reachOf(url),
    healthUrl: health.app,
    intercomHealthUrl: health.intercom,
    isHealthNamed: healthPath !== undefined,
    isIntercomHealthNamed: intercomHealthPath !== undefined,
    userAgent: `propiq-intercom/${input.version}`,
    appId: input.appId ?? SAMPLE_APP_ID,
    signing: signingOf(input),
    timeoutMs: input.timeoutMs,
    isInsecure: input.isInsecure === true,
  };
}

/** Nothing signed goes over plain http to a public address: whoever reads it could send it again. */
function signingOf({ url, secret, wantsSigned }: TargetInput): Signing {
  if (!wantsSigned) return { because: 'left out by --no-signed' };
  if (url.protocol !== 'https:' && reachOf(url) === 'public') return { because: 'nothing signed over plain http' };
  if (secret === undefined) return { because: 'no webhook secret is known here' };
  return { secret };
}
