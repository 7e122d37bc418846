import { type Exchange, headerValue, type HeaderList, type HttpRequest } from '../base/ports.ts';
import { decodeUtf8 } from '../base/text.ts';
import type { Finding, Setting } from '../diagnosis/finding.ts';
import { findingsOf } from '../diagnosis/finding.ts';
import type { Answer } from '../diagnosis/framework.ts';
import { recogniseFramework, recogniseFront } from '../diagnosis/frameworks/index.ts';
import { type Case, search } from '../diagnosis/online.ts';
import { REFUSALS, type Wire } from '../diagnosis/trials.ts';
import {
  parseSignatureHeader,
  SIGNATURE_HEADER,
  type SignatureAlgorithm,
  verifySignature,
} from '../intercom/signature.ts';
import { behindCheck, unansweredBehind, wordsOf } from './behind-check.ts';
import { causesOf } from './causes.ts';
import { BREAKS_AT_ALL, SLOW, UNSTEADY, WRONG_PATH } from './causes-table.ts';
import type { CheckId, CheckResult, Target } from './check.ts';
import { csrfFinding } from './csrf.ts';
import { loginAsked } from './login-asked.ts';
import { lostZeros } from './lost-zeros.ts';
import { nearbyPaths } from './nearby.ts';
import { compact, ping, unusual } from './notifications.ts';
import { isAnswer, isSuccess } from './outcome.ts';
import type { ProbeRun } from './probes.ts';
import { HOST_REFUSED } from './refusal-causes.ts';
import { post } from './requests.ts';
import { signatureNotSeen } from './signature-not-seen.ts';
import { toldByChecks } from './told-by-checks.ts';
import { toldException } from './told-exception.ts';

const OWNER: CheckId = 'diagnosis/signature';
const SAME_EVERYWHERE = 'a path that cannot exist';
const TIME = /\btime(?:stamp)?s?\b|\btoo old\b|\bstale\b|\breplay/i;
const READ_BYTES = 16_384;
const KEY_BYTES = 32;

/**
 * Why what failed failed: first what the results say by themselves, then, where rightly signed requests are refused for
 * their signature, what a search finds out (at most 60 more requests, one at a time). Never empty where something failed.
 */
export async function diagnose(
  target: Target,
  run: ProbeRun,
  results: readonly CheckResult[],
  credentials: Case['facts']['credentials'],
): Promise<readonly Finding[]> {
  const found = await causesIn(target, run, results, credentials);
  return found.length > 0 ? found : toldByChecks(results);
}

async function causesIn(
  target: Target,
  run: ProbeRun,
  results: readonly CheckResult[],
  credentials: Case['facts']['credentials'],
): Promise<readonly Finding[]> {
  const { probes } = run.open();
  const answers = probes.seen().map(answerOf);
  const setting: Setting = {
    framework: recogniseFramework(answers),
    front: recogniseFront(answers, target.url.hostname),
    path: target.url.pathname,
  };
  const causes = await withNearby(causesOf(results, setting), target, run);
  const wall = results.find(({ id, status }) => id === 'endpoint/reaches-receiver' && status === 'fail');
  // a receiver that answers every path looks like a wall; one that is accepted under a hypothesis is none
  const isGuessed = wall?.actual?.includes(SAME_EVERYWHERE) === true;
  const posts = probes
    .seen()
    .filter(({ request }) => request.method === 'POST' && request.url.href === target.url.href);
  const refused = wall && !isGuessed ? undefined : refusedOf(target, posts, results);
  const key = target.signing.secret?.reveal();
  const zeros = key && !wall ? await lostZeros(key, posts, wireOf(run)) : undefined;
  if (zeros) return [zeros];
  const told = key && !wall ? toldException(key, posts, setting) : undefined;
  if (told) return [...causes.filter(({ id }) => id !== BREAKS_AT_ALL && id !== told.id), told];
  const isUnsteady = causes.some(({ id }) => UNSTEADY.has(id));
  const behind =
    wall || isUnsteady
      ? undefined
      : (csrfFinding(posts, setting) ?? behindCheck(posts) ?? unansweredBehind(results, SLOW));
  if (behind) return [...causes, behind];
  if (refused === undefined || isUnsteady || key === undefined) return causes;
  if (causes.some(({ id }) => id === HOST_REFUSED)) return causes;
  const found = await search({
    key,
    facts: { credentials, nowSeconds: run.kit.nowSeconds, url: target.url },
    wire: wireOf(run),
    accepted: refused.accepted,
    language: setting.framework?.language,
    isHeaderRead: isHeaderRead(posts),
    isTimeAsked: posts.some((one) => REFUSALS.has(one.status) && TIME.test(answerOf(one).text)),
  });
  const unseen =
    found.search.kind === 'unknown' ? (loginAsked(key, posts) ?? signatureNotSeen(key, posts, setting)) : undefined;
  const findings = unseen ? [unseen] : findingsOf(found.search, refused.status, setting);
  if (isGuessed) return found.search.kind === 'found' ? findings : causes;
  const known = new Set(causes.map(({ id }) => id));
  return [...causes, ...findings.filter(({ id }) => !known.has(id))];
}

/** Where the path is wrong, those that would be right. */
async function withNearby(causes: readonly Finding[], target: Target, run: ProbeRun): Promise<readonly Finding[]> {
  if (!causes.some(({ id }) => id === WRONG_PATH)) return causes;
  const [first, ...more] = await nearbyPaths(target, run);
  if (first === undefined) return causes;
  const found = [first, ...more].join(', ');
  return causes.map((cause) =>
    cause.id === WRONG_PATH ? pointedAt(cause, found, new URL(first, target.url).href) : cause,
  );
}

function pointedAt(cause: Finding, found: string, url: string): Finding {
  return Object.assign({}, cause, {
    message: `${cause.message} On the same host a POST is taken at ${found}.`,
    remedy: `propiq-intercom verify ${url}`,
  });
}

interface Refused {
  /** `401`, or several. */
  readonly status: string;
  /** With what plain pings are accepted, where only other spellings are refused. */
  readonly accepted: SignatureAlgorithm | undefined;
}

/** Whether rightly signed requests were refused for their signature; undefined also where forged ones were accepted. */
function refusedOf(
  { signing: { secret } }: Target,
  seen: readonly Exchange[],
  results: readonly CheckResult[],
): Refused | undefined {
  if (secret === undefined) return undefined;
  const posts = seen.map(({ request, status }) => ({ status, verdict: verdictOf(request) }));
  const right = posts.filter(({ verdict }) => verdict.valid);
  if (posts.some(({ verdict, status }) => !verdict.valid && isSuccess(status))) return undefined;
  const accepted = right.filter(({ status }) => isSuccess(status));
  const statuses = [...new Set(right.map(({ status }) => status).filter((status) => REFUSALS.has(status)))];
  if (statuses.length === 0) return undefined;
  if (accepted.length === 0) return { status: statuses.join(', '), accepted: undefined };
  const isSpelling = results.some(({ id, status }) => id === 'signature/raw-body' && status === 'fail');
  if (!isSpelling) return undefined;
  // answers come in any order: Intercom's own algorithm counts where both are accepted
  const isSha1 = accepted.some(({ verdict }) => verdict.valid && verdict.algorithm === 'sha1');
  return { status: statuses.join(', '), accepted: isSha1 ? 'sha1' : 'sha256' };

  function verdictOf({ body, headers }: HttpRequest): ReturnType<typeof verifySignature> {
    const header = headerValue(headers, SIGNATURE_HEADER);
    return verifySignature({ body: body ?? new Uint8Array(), header, secrets: secret ?? '' });
  }
}

function wireOf({ kit, open }: ProbeRun): Wire {
  const { probes } = open();
  return {
    async post(headers: HeaderList, body: Uint8Array) {
      const outcome = await probes.send(OWNER, post(kit, body, headers));
      return isAnswer(outcome) ? outcome.status : undefined;
    },
    plain: () => compact(ping(kit)),
    rich: () => unusual(ping(kit)),
    strangerKey: () => kit.bytes(KEY_BYTES),
  };
}

/** Told by the words of the refusals. */
function isHeaderRead(posts: readonly Exchange[]): boolean {
  const told = (isSigned: boolean): ReadonlySet<string> =>
    new Set(
      posts
        .filter(({ request, status }) => {
          const header = headerValue(request.headers, SIGNATURE_HEADER);
          const isMeant = isSigned ? header !== undefined && parseSignatureHeader(header) : header === undefined;
          return isMeant && REFUSALS.has(status);
        })
        .map(wordsOf),
    );
  const [unsigned, signed] = [told(false), told(true)];
  return unsigned.size > 0 && signed.size > 0 && [...signed].every((text) => !unsigned.has(text));
}

function answerOf({ status, headers, body }: Exchange): Answer {
  return { status, headers, text: decodeUtf8(body.subarray(0, READ_BYTES)) };
}
