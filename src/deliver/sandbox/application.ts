import type { Application, ReceivedRequest, Reply, RequestHead } from '../../base/application.ts';
import { isObject } from '../../base/json.ts';
import { headerValue } from '../../base/ports.ts';
import { decodeUtf8Strictly } from '../../base/text.ts';
import type { Dice } from '../../intercom/samples/dice.ts';
import { API_VERSIONS, type ApiVersion } from '../../intercom/topics.ts';
import type { Faults } from './faults.ts';
import { type Guard, isControl } from './guard.ts';
import type { Call } from './intercom-api.ts';
import { type Fault, faultReply, isFault } from './replies.ts';

export interface ApplicationParts {
  readonly guard: Guard;
  readonly dice: Dice;
  readonly faults: Faults;
  /** The app's. */
  readonly version: ApiVersion;
  readonly told: (call: { readonly method: string; readonly path: string; readonly status: number | null }) => void;
  readonly intercom: (call: Call) => Promise<Reply | Fault>;
  readonly control: (call: Call) => Promise<Reply | Fault>;
}

/** Requests in, replies out: the guard first, then the trouble that was ordered, then Intercom's routes or our own. */
export function createApplication({
  guard,
  dice,
  faults,
  version: appVersion,
  told,
  intercom,
  control,
}: ApplicationParts): Application {
  const seen = ({ method, target }: RequestHead, reply: Reply): Reply => {
    told({ method, path: pathOf(target), status: reply.breaksOff === true ? null : reply.status });
    return reply;
  };
  const refuse = (head: RequestHead, status: number, code: string, message: string): Reply =>
    seen(head, faultReply({ status, code, message }, dice));

  async function answerTo(request: ReceivedRequest): Promise<Reply> {
    const call = callOf(request, appVersion);
    const played = isFault(call) || isControl(request.target) ? undefined : await faults.meet(call.path);
    if (played) return played;
    const answered = isFault(call) ? call : await (isControl(request.target) ? control(call) : intercom(call));
    if (isFault(answered)) return faultReply(answered, dice, guard.headers());
    return { ...answered, headers: [...answered.headers, ...guard.headers()] };
  }

  return {
    early(head) {
      const reply = guard.refuse(head);
      return reply && seen(head, reply);
    },
    async answer(request) {
      const reply = await answerTo(request);
      return isControl(request.target) ? reply : seen(request, reply);
    },
    tooLarge: (head) => refuse(head, 413, 'bad_request', 'The body is too large'),
    overloaded: (head) => refuse(head, 503, 'service_unavailable', 'Too many requests at once'),
    unreadable: (status, problem) => faultReply({ status, code: 'bad_request', message: problem }, dice),
    failed: () => faultReply({ status: 500, code: 'server_error', message: 'The sandbox has a bug' }, dice),
  };
}

function callOf({ method, target, headers, body }: ReceivedRequest, appVersion: ApiVersion): Call | Fault {
  const asked = headerValue(headers, 'intercom-version')?.trim();
  const version = asked === undefined ? appVersion : API_VERSIONS.find((known) => known === asked);
  if (version === undefined)
    return { status: 400, code: 'intercom_version_invalid', message: 'The requested version could not be found' };
  return { method, path: pathOf(target), version, body: parseObject(body) };
}

function pathOf(target: string): string {
  const [path = ''] = target.split('?', 1);
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
}

function parseObject(body: Uint8Array): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(decodeUtf8Strictly(body) ?? '');
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
