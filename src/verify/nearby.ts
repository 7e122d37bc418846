import { type Exchange, headerValues } from '../base/ports.ts';
import { USUAL_PATH } from '../intercom/webhook-url.ts';
import type { CheckId, Target } from './check.ts';
import { isAnswer } from './outcome.ts';
import type { ProbeRun } from './probes.ts';

const OWNER: CheckId = 'diagnosis/path';
/** Where receivers of notifications usually stand. */
const USUAL: readonly string[] = [
  USUAL_PATH,
  '/api/intercom/webhook',
  '/webhooks/intercom',
  '/webhook/intercom',
  '/api/webhooks/intercom',
  '/api/webhook/intercom',
  '/intercom/webhooks',
  '/intercom',
  '/webhook',
  '/webhooks',
];

/**
 * Paths on the same host that take a POST, when the one that was given does not exist. Only asked with OPTIONS, which
 * changes nothing; a host that answers it everywhere alike says nothing, and then none is named.
 */
export async function nearbyPaths({ url }: Target, { kit, open }: ProbeRun): Promise<readonly string[]> {
  const { probes } = open();
  const takesPost = async (pathname: string): Promise<boolean> => {
    const at = new URL(pathname, url.origin);
    const outcome = await probes.send(OWNER, { method: 'OPTIONS', url: at, headers: [] });
    return isAnswer(outcome) && allowsPost(outcome);
  };
  if (await takesPost(`/propiq-probe-${Buffer.from(kit.bytes(8)).toString('hex')}`)) return [];
  const slashed = url.pathname.endsWith('/') ? url.pathname.slice(0, -1) : `${url.pathname}/`;
  const found: string[] = [];
  for (const pathname of [slashed, ...USUAL]) {
    if (pathname !== url.pathname && (await takesPost(pathname))) found.push(pathname);
  }
  return found;
}

function allowsPost({ headers }: Exchange): boolean {
  return headerValues(headers, 'allow').some((methods) => /\bPOST\b/.test(methods));
}
