import { type Exchange, headerValue } from '../base/ports.ts';
import { decodeUtf8 } from '../base/text.ts';
import type { Finding } from '../diagnosis/finding.ts';
import type { Cause } from '../diagnosis/hypothesis.ts';
import { parseSignatureHeader, SIGNATURE_HEADER, type SignatureAlgorithm } from '../intercom/signature.ts';
import { BOTH_ALGORITHMS, type CheckId, type CheckResult } from './check.ts';
import { isRedirect, isSuccess } from './outcome.ts';

const READ_BYTES = 16_384;
/** Answers of limits and of what is not there yet: they come and go. */
const PASSING: ReadonlySet<number> = new Set([429, 503, 504]);
/** Told by `delivery/content-type`. */
const OTHER_TYPE = 415;
const ERRORS = 400;
const BREAKS = 500;

const BEHIND_CHECK = 'refused-behind-check';
const LOOK =
  'Look in the log of the receiver for the exception. Answer 200 to topics that are not handled, ping among them, and read a field only where its topic has it.';

/** Its page. */
export const BEHIND_CHECK_PAGE: Pick<Cause, 'id' | 'title' | 'why' | 'fix' | 'source'> = {
  id: BEHIND_CHECK,
  title: 'The signature is right, and the notification is refused all the same',
  why: 'What comes after the check of the signature refuses the ping or breaks at it: a schema, a list of topics or workspaces, an age limit, a field that a ping does not have. Intercom sends the refused notification once more and then drops it.',
  fix: 'Answer 200 to every rightly signed notification, also to those that are not handled: ping has neither id nor user, created_at counts seconds and may be hours old, and new fields may come at any time. A receiver that takes the notifications of its own workspace alone is right to refuse a made-up one: give INTERCOM_APP_ID (the app_id of its notifications), and pings carry that.',
  source:
    'https://developers.intercom.com/docs/references/preview/webhooks/webhook-models (Handling Webhook notifications)',
};

/**
 * The signature is not what a receiver refuses, when it answers right and wrong ones differently, and each of them the
 * same every time: who cannot compute the right digest cannot tell them apart.
 * @param posts all POSTs of the run, in their order
 */
export function behindCheck(posts: readonly Exchange[]): Finding | undefined {
  for (const algorithm of BOTH_ALGORITHMS) {
    const right = answersTo(posts, algorithm, [`signature/${algorithm}`]);
    const wrong = answersTo(posts, algorithm, ['endpoint/wrong-secret-rejected', 'endpoint/tampered-rejected']);
    const [refusal, forgery] = [same(right), same(wrong)];
    if (refusal === undefined || forgery === undefined || wordsOf(refusal) === wordsOf(forgery)) continue;
    if ([refusal, forgery].some(({ status }) => PASSING.has(status)) || forgery.status < ERRORS) continue;
    if (isSuccess(refusal.status) || refusal.status === OTHER_TYPE) continue;
    return told(algorithm, refusal.status, forgery.status, right.length);
  }
  return undefined;
}

/** The words of an answer without numbers: a time, an id or a digest differs every time. */
export function wordsOf({ status, body }: Pick<Exchange, 'status' | 'body'>): string {
  return `${status} ${decodeUtf8(body.subarray(0, READ_BYTES)).replace(/[\da-f-]*\d[\da-f-]*/gi, '')}`;
}

function answersTo(
  posts: readonly Exchange[],
  algorithm: SignatureAlgorithm,
  owners: readonly CheckId[],
): readonly Exchange[] {
  return posts.filter(({ request: { headers } }) => {
    const signature = parseSignatureHeader(headerValue(headers, SIGNATURE_HEADER) ?? '');
    const owner = headerValue(headers, 'X-Propiq-Probe');
    return signature?.algorithm === algorithm && owners.some((id) => id === owner);
  });
}

/** One of several answers that are all the same; undefined where they are not, or there is none. */
function same(answers: readonly Exchange[]): Exchange | undefined {
  return new Set(answers.map(wordsOf)).size === 1 ? answers[0] : undefined;
}

function told(algorithm: SignatureAlgorithm, status: number, forgery: number, times: number): Finding {
  const otherwise = status === forgery ? 'in other words' : `with ${forgery}`;
  const [what, remedy] = isRedirect(status)
    ? [`then redirects (${status})`, 'Answer 200 as soon as the notification is stored, and redirect nowhere.']
    : status >= BREAKS
      ? [`then breaks at the ping itself (${status})`, LOOK]
      : [`then refuses the ping itself (${status})`, BEHIND_CHECK_PAGE.fix];
  return {
    id: BEHIND_CHECK,
    confidence: times > 1 ? 'certain' : 'likely',
    message: `The receiver accepts the signature (${algorithm}), and ${what}: a wrong signature over such a body is answered ${otherwise}.`,
    remedy,
  };
}

/**
 * The same where a right ping gets no answer at all, and a POST without a signature is refused.
 * @param slow the finding for work that is done before the answer
 */
export function unansweredBehind(
  results: readonly CheckResult[],
  slow: Pick<Finding, 'id' | 'remedy'>,
): Finding | undefined {
  const seen = results.find(({ id, status }) => id === 'signature/accepted' && status === 'fail');
  const isRefusing = results.some(
    ({ id, status }) => id === 'endpoint/unsigned-rejected' && (status === 'pass' || status === 'warn'),
  );
  if (seen === undefined || !isRefusing) return undefined;
  const otherwise = 'a POST without a signature is refused at once';
  if (/^(?:sha1: )?no answer/.test(seen.actual ?? ''))
    return {
      ...slow,
      confidence: 'likely',
      message: `A rightly signed ping gets no answer in time, and ${otherwise}: the work is done before the answer.`,
    };
  const isCut = seen.actual?.startsWith('sha1: connection cut off') || seen.message.includes('cut the connection off');
  if (!isCut) return undefined;
  return {
    id: BEHIND_CHECK,
    confidence: 'likely',
    message: `At a rightly signed ping the receiver cuts the connection off, and ${otherwise}: it breaks behind the check, at the ping itself.`,
    remedy: LOOK,
  };
}
