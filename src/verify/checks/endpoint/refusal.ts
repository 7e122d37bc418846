import type { Exchange } from '../../../base/ports.ts';
import { fail, pass, skip, type Verdict, warn } from '../../check.ts';
import { isDelivered, isRedirect, isSuccess } from '../../outcome.ts';
import type { RightPings } from '../../requests.ts';
import { throttledStatus } from '../../throttled.ts';

export interface Refused {
  /** The status of the answer to what must be refused. */
  readonly status: number;
  /** Undefined while nothing can be signed. */
  readonly signed: RightPings | undefined;
}

export interface RefusalWords {
  /** `An unsigned POST`, `A POST signed with a wrong secret` */
  readonly subject: string;
  /** What a 2xx means, as a sentence. */
  readonly accepted: string;
  readonly remedy: string;
  readonly path: string;
}

/** Judges the answer to a request that must be refused. 401 is the word for it; others are understood, but not exact. */
export function judgeRefusal({ status, signed }: Refused, words: RefusalWords): Verdict {
  const limited = throttledStatus(status);
  if (limited) return { ...limited, blocks: [] };
  const { subject, accepted, remedy, path } = words;
  const answer = { expected: '401', actual: String(status), blocks: [] };
  const isSignedAccepted = isDelivered(signed?.sha1) || isDelivered(signed?.sha256);
  if (status === 401) return pass('refused with 401');
  if (isSuccess(status)) return fail(`${accepted} It is answered with ${status}.`, { ...answer, remedy });
  if (status === 503) return skip('Answered with 503: see endpoint/configured.');
  if ((status === 404 || status === 405) && !isSignedAccepted) {
    const what = status === 404 ? `There is no receiver at ${path}` : `${path} takes no POST`;
    return fail(`${what}: ${subject.toLowerCase()} is answered with ${status}.`, {
      expected: '401',
      actual: String(status),
      remedy: `Look at the path: PropIQ's is /intercom/webhook. If ${path} is right, look whether the newest code is deployed.`,
    });
  }
  const answered = `${subject} is answered with ${status}`;
  if (isRedirect(status)) return fail(`${answered}, a redirect, instead of 401.`, { ...answer, remedy });
  if (status === 410) {
    return fail(`${answered}: to a 410 Intercom reacts by disabling the subscription at once.`, {
      ...answer,
      remedy: 'Answer 401 in its place; never answer 410.',
    });
  }
  if (status >= 500) {
    return fail(`${answered}: it is not refused, the receiver breaks at it.`, {
      ...answer,
      remedy:
        'Look in the log of the receiver for the exception; check the signature before the body is parsed, and answer 401.',
    });
  }
  if (status < 400 || status === 404 || status === 405)
    return fail(`${answered} instead of 401.`, { ...answer, remedy });
  if (signed !== undefined && !isSignedAccepted) {
    return fail(`${answered}, and so is a rightly signed one refused: the signature is not what decides.`, {
      ...answer,
      remedy:
        'Find out what else refuses: a login, a firewall rule, CSRF protection, or a body parser in front of the check.',
    });
  }
  return warn(`${answered}: it refuses, only with another code than 401.`, {
    ...answer,
    remedy: 'Answer 401 when the signature is missing or wrong, so that logs and checks can tell it from other faults.',
  });
}

const SEVERITY = ['pass', 'skip', 'warn', 'error', 'fail'];

/** The worst of several verdicts on one question; of equals the first. */
export function worstOf(verdicts: readonly [Verdict, ...Verdict[]]): Verdict {
  return verdicts.reduce((worst, next) =>
    SEVERITY.indexOf(next.status) > SEVERITY.indexOf(worst.status) ? next : worst,
  );
}

/** The worst judgement over the answers to several forgeries; at least one answer is there. */
export function judgeForgeries(
  forged: readonly Exchange[],
  signed: RightPings | undefined,
  words: RefusalWords,
): Verdict {
  const verdicts = forged.map(({ status }) => judgeRefusal({ status, signed }, words));
  const [first = pass('refused with 401'), ...rest] = verdicts;
  return worstOf([first, ...rest]);
}
