import type { Application, Reply, RequestHead } from '../base/application.ts';
import { headerValues, type HeaderList } from '../base/ports.ts';
import { METRICS_TYPE } from './prometheus.ts';
import { FAILED, jsonReply, NOT_FOUND, OVERLOADED, TOO_LARGE, wrongMethod } from './replies.ts';

export interface OperationsParts {
  readonly metrics: () => Promise<string>;
  /** Why notifications cannot be taken at the moment; undefined where they can. */
  readonly obstacle: () => Promise<string | undefined>;
}

const LIVE = jsonReply(200, { status: 'live' });
const READY = jsonReply(200, { status: 'ready' });
const FOREIGN_HOST = jsonReply(403, { detail: 'Only localhost, 127.0.0.1 and [::1] are names of this service' });
const METRICS_HEADERS: HeaderList = [
  ['Content-Type', METRICS_TYPE],
  ['Cache-Control', 'no-store'],
];
const LOOPBACK = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?$/i;

/**
 * For whoever operates the receiver: `/metrics`, `/live` (the process runs), `/ready` (it takes notifications). `Host`
 * must be a name of this computer: a page in a browser on it could otherwise read them through a name of its own that
 * points to 127.0.0.1 (DNS rebinding).
 */
export function createOperations({ metrics, obstacle }: OperationsParts): Application {
  async function ready(): Promise<Reply> {
    const problem = await obstacle();
    return problem === undefined ? READY : jsonReply(503, { status: 'not ready', detail: problem });
  }

  const pages: ReadonlyMap<string, () => Promise<Reply>> = new Map([
    ['/live', async () => LIVE],
    ['/ready', ready],
    ['/metrics', async () => ({ status: 200, headers: METRICS_HEADERS, body: await metrics() })],
  ]);

  function early({ method, target, headers }: RequestHead): Reply | undefined {
    const hosts = headerValues(headers, 'Host');
    if (hosts.length !== 1 || !LOOPBACK.test(hosts[0] ?? '')) return FOREIGN_HOST;
    if (!pages.has(pathOf(target))) return NOT_FOUND;
    return method === 'GET' || method === 'HEAD' ? undefined : wrongMethod('GET, HEAD');
  }

  return {
    early,
    answer: async ({ target }) => (await pages.get(pathOf(target))?.()) ?? NOT_FOUND,
    tooLarge: () => TOO_LARGE,
    overloaded: () => OVERLOADED,
    unreadable: (status, problem) => jsonReply(status, { detail: `The request cannot be read: ${problem}` }),
    failed: () => FAILED,
  };
}

function pathOf(target: string): string {
  return target.split('?', 1)[0] ?? '';
}
