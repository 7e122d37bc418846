import { AppError } from '../base/errors.ts';
import { headerValue, headerValues, type Clock, type HeaderList } from '../base/ports.ts';
import { parseNotification, type Notification } from '../intercom/notification.ts';
import {
  parseSignatureHeader,
  type Refusal,
  SIGNATURE_HEADER,
  type SignatureAlgorithm,
} from '../intercom/signature.ts';
import type { ReceivedRequest, Reply, RequestHead } from '../base/application.ts';
import { createHealth } from './health.ts';
import type { InboxStore } from './inbox.ts';
import type { Keyring, SecretRole } from './keyring.ts';
import * as replies from './replies.ts';
import { createRoutes, pathOf } from './routes.ts';

/** Why a request was not taken. */
export type RefusalReason =
  | Refusal
  | 'not-a-notification'
  | 'too-large'
  | 'overloaded'
  | 'store-unavailable'
  | 'loop'
  | 'wrong-method'
  | 'unknown-path'
  | 'unreadable';

/** What became of a request, for the log. Texts in it are remote and not cleaned yet. */
export type Happening = { readonly probe: string | undefined } & (
  | {
      readonly kind: 'stored';
      readonly outcome: 'added' | 'duplicate';
      /** The inbox's own id. */
      readonly id: string;
      readonly receivedAt: number;
      readonly notification: Notification;
      /** Which secret it was signed with: as long as the previous one is seen, it cannot go. */
      readonly secret: SecretRole;
      readonly algorithm: SignatureAlgorithm;
    }
  | { readonly kind: 'refused'; readonly status: number; readonly reason: RefusalReason; readonly detail: string }
  | { readonly kind: 'answered' }
);

export interface Answer extends Reply {
  readonly happening: Happening;
}

export interface ReceiverParts {
  readonly inbox: Pick<InboxStore, 'add' | 'ping'>;
  readonly keyring: Keyring;
  readonly webhookPath: string;
  /** Shown by `/intercom/health`. */
  readonly apiBase: string;
  readonly clock: Clock;
  /** Whether this is what the receiver itself is sending at this moment. */
  readonly isComingBack?: (headers: HeaderList) => boolean;
}

/** The receiver's mind: requests in, answers out. Nothing that a request holds makes it throw. */
export interface Receiver {
  /** The answer to whatever needs no body; undefined where the body is to be read and taken. */
  early(head: RequestHead): Answer | undefined;
  /** Verifies, parses and stores what `early` left open, or asks the inbox how it is. */
  take(request: ReceivedRequest): Promise<Answer>;
  tooLarge(head: RequestHead): Answer;
  overloaded(head: RequestHead): Answer;
  unreadable(status: number, problem: string): Answer;
}

/** Tells the sender's probes apart in the log. Not signed, so nothing is ever decided by it. */
const PROBE_HEADER = 'X-Propiq-Probe';

/**
 * A notification is answered with 200 only after the inbox has it durably; nothing is parsed before its signature was
 * found right, and only then is its id looked at.
 */
export function createReceiver({ inbox, keyring, webhookPath, apiBase, clock, isComingBack }: ReceiverParts): Receiver {
  const routes = createRoutes(webhookPath);
  const health = createHealth({ isConfigured: () => keyring.isConfigured, apiBase, ping: () => inbox.ping() }, clock);

  function early(head: RequestHead): Answer | undefined {
    const route = routes(head.target);
    // without the query, which may hold anything
    if (route === undefined)
      return refused(head, replies.NOT_FOUND, 'unknown-path', `${head.method} ${pathOf(head.target)}`);
    const isRead = head.method === 'GET' || head.method === 'HEAD';
    if (route !== 'webhook') {
      if (!isRead) return refused(head, replies.wrongMethod('GET, HEAD'), 'wrong-method', head.method);
      return route === 'health' ? undefined : answered(head, health.intercom()); // the inbox is asked first
    }
    if (head.method === 'HEAD') return answered(head, replies.HEAD_OK);
    if (head.method !== 'POST') return refused(head, replies.wrongMethod('HEAD, POST'), 'wrong-method', head.method);
    if (!keyring.isConfigured) return refused(head, replies.NOT_CONFIGURED, 'no-secret');
    const hopeless = formFault(head);
    return hopeless && refused(head, replies.UNAUTHORIZED, hopeless);
  }

  async function take(request: ReceivedRequest): Promise<Answer> {
    const { headers, body } = request;
    if (routes(request.target) === 'health') return answered(request, await health.app());
    const verdict = keyring.verify(headers, body);
    if (!verdict.valid) return refused(request, replies.UNAUTHORIZED, verdict.reason);
    if (isComingBack?.(headers)) return refused(request, replies.LOOP, 'loop');
    const parsed = parseNotification(body);
    if (!parsed.ok)
      return refused(request, replies.notANotification(parsed.problem), 'not-a-notification', parsed.problem);
    const { notification } = parsed;
    const { id: notificationId, topic } = notification;
    const receivedAt = clock.now();
    try {
      const { outcome, id } = await inbox.add({ notificationId, topic, receivedAt, headers, body });
      health.heard(true);
      const reply = replies.jsonReply(200, { status: outcome === 'added' ? 'received' : 'duplicate', topic });
      const { secret, algorithm } = verdict;
      const probe = probeOf(request);
      return answer(reply, { kind: 'stored', outcome, id, receivedAt, notification, secret, algorithm, probe });
    } catch (cause) {
      if (!(cause instanceof AppError)) throw cause;
      health.heard(false);
      return refused(request, replies.UNAVAILABLE, 'store-unavailable', cause.message);
    }
  }

  return {
    early,
    take,
    tooLarge: (head) => refused(head, replies.TOO_LARGE, 'too-large'),
    overloaded: (head) => refused(head, replies.OVERLOADED, 'overloaded'),
    unreadable: (status, problem) =>
      answer(replies.jsonReply(status, { detail: `The request cannot be read: ${problem}` }), {
        kind: 'refused',
        status,
        reason: 'unreadable',
        detail: problem,
        probe: undefined,
      }),
  };
}

/** What no body can mend, so that none is read: no signature, several, or one of another form. */
function formFault({ headers }: RequestHead): Refusal | undefined {
  const [value, ...more] = headerValues(headers, SIGNATURE_HEADER);
  if (more.length > 0) return 'repeated';
  if (value === undefined || value.trim() === '') return 'missing';
  return parseSignatureHeader(value) ? undefined : 'malformed';
}

function refused(head: RequestHead, reply: Reply, reason: RefusalReason, detail = ''): Answer {
  return answer(reply, { kind: 'refused', status: reply.status, reason, detail, probe: probeOf(head) });
}

function answered(head: RequestHead, reply: Reply): Answer {
  return answer(reply, { kind: 'answered', probe: probeOf(head) });
}

function answer({ status, headers, body }: Reply, happening: Happening): Answer {
  return { status, headers, body, happening };
}

function probeOf({ headers }: RequestHead): string | undefined {
  return headerValue(headers, PROBE_HEADER);
}
