import { healthUrls } from '../intercom/webhook-url.ts';

type Route = 'webhook' | 'health' | 'intercom-health';

const HEALTH = '/health';
const INTERCOM_HEALTH = '/intercom/health';

/** Which of the receiver's routes a request target means; undefined where there is none. */
type Routes = (target: string) => Route | undefined;

/**
 * `/health`, `/intercom/health`, the webhook path, and the `health` beside it, which is where `verify` looks.
 * A query is ignored (the URL that was registered may carry one) and so is one slash at the end: whether Intercom
 * follows a redirect is not documented, so the other spelling is answered and not redirected.
 */
export function createRoutes(webhookPath: string): Routes {
  const webhook = withoutSlash(webhookPath);
  const url = new URL(webhook, 'http://localhost');
  const table = new Map<string, Route>([
    [HEALTH, 'health'],
    [INTERCOM_HEALTH, 'intercom-health'],
    [healthUrls(url).intercom.pathname, 'intercom-health'],
    [withoutSlash(url.pathname), 'webhook'],
    [webhook, 'webhook'],
  ]);
  return (target) => table.get(withoutSlash(pathOf(target)));
}

/** Whether a webhook path would hide one of the health routes. */
export function isHealthPath(path: string): boolean {
  const bare = withoutSlash(path);
  return bare === HEALTH || bare === INTERCOM_HEALTH;
}

/** The path of a request target; a proxy may send the absolute form (RFC 9112, 3.2.2). */
export function pathOf(target: string): string {
  const path = /^https?:\/\/[^/?#]*/i.test(target) ? target.replace(/^https?:\/\/[^/?#]*/i, '') : target;
  const end = path.search(/[?#]/);
  return (end === -1 ? path : path.slice(0, end)) || '/';
}

function withoutSlash(path: string): string {
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
}
