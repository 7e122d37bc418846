import type { HttpRequest } from '../../../base/ports.ts';
import { SIGNATURE_HEADER, type SignatureAlgorithm, signNotification } from '../../../intercom/signature.ts';
import { defineCheck, fail, pass, type Verdict } from '../../check.ts';
import { isAnswer, isSuccess, type Outcome, showOutcomes, someAnswered } from '../../outcome.ts';
import type { Probes } from '../../probes.ts';
import { algorithmFor, plainPing, post } from '../../requests.ts';
import { throttled } from '../../throttled.ts';
import { REFUSING } from '../needs.ts';

const ID = 'endpoint/malformed-signature-rejected';
type Shape = { readonly name: string; readonly outcome: Outcome; readonly isRightWithMore?: true };

/** Whatever stands in the header comes from strangers. */
export const malformedRejected = defineCheck({
  id: ID,
  title: 'A malformed signature is refused and breaks nothing',
  kind: 'open',
  needs: REFUSING,
  async observe(probes) {
    const algorithm = await algorithmFor(probes);
    const shapes = wrongShapes(algorithm).map(([name, values]) => [name, withHeaders(probes, values)] as const);
    const rights = rightShapes(probes, algorithm);
    const sent = [...shapes, ...rights.map(({ name, request }) => [name, request] as const)];
    const outcomes = await Promise.all(sent.map(([, request]) => probes.send(ID, request)));
    someAnswered(outcomes);
    return outcomes.map((outcome, at): Shape => {
      const name = sent[at]?.[0] ?? '';
      return name === WITH_MORE ? { name, outcome, isRightWithMore: true } : { name, outcome };
    });
  },
  judge: judgeShapes,
  explain: {
    why: 'Anybody can send any header. One that makes the receiver throw can take it down or fill its log; one that is taken for right lets anybody in. Known traps: comparing only as many characters as were given, and text comparisons that refuse non-ASCII (Python: compare_digest on str raises TypeError).',
    fix: 'Check the form first (sha1= and 40 hex digits), then compare bytes of equal length in constant time, and answer 401 in every other case.',
    source: 'https://developers.intercom.com/docs/references/preview/webhooks/webhook-models (the form of the header)',
  },
});

const WITH_MORE = 'right digest with characters added';
const DIGITS: Readonly<Record<SignatureAlgorithm, number>> = { sha1: 40, sha256: 64 };
const SEVERAL_KB = 4096;

/** Wrong digests in every form that real receivers have stumbled over. */
function wrongShapes(algorithm: SignatureAlgorithm): readonly (readonly [name: string, values: readonly string[]])[] {
  const length = DIGITS[algorithm];
  const wrong = 'a1'.repeat(length / 2);
  const value = `${algorithm}=${wrong}`;
  return [
    ['empty', ['']],
    ['prefix only', [`${algorithm}=`]],
    ['no prefix', [wrong]],
    ['odd number of digits', [value.slice(0, -1)]],
    ['not hexadecimal', [`${algorithm}=${'zx'.repeat(length / 2)}`]],
    ['several kilobytes', [`${algorithm}=${'a1'.repeat(SEVERAL_KB / 2)}`]],
    ['two headers', [value, `${algorithm}=${'b2'.repeat(length / 2)}`]],
    ['comma list', [`${value},${value}`]],
    ['non-ASCII byte', [`${value.slice(0, -1)}\u00e9`]],
  ];
}

function withHeaders(probes: Probes, values: readonly string[]): HttpRequest {
  const headers = values.map((value) => [SIGNATURE_HEADER, value] as const);
  return probes.build({ owner: ID, build: (kit) => post(kit, plainPing(kit), headers) });
}

/** A part of the right digest must not do; the right one and more may (hex decoders ignore the rest). */
function rightShapes(probes: Probes, algorithm: SignatureAlgorithm): { name: string; request: HttpRequest }[] {
  const altered = (name: string, alter: (header: string) => string): { name: string; request: HttpRequest }[] => {
    const request = probes.buildSigned({
      owner: ID,
      build(kit, secret) {
        const body = plainPing(kit);
        return post(kit, body, [[SIGNATURE_HEADER, alter(signNotification(body, secret, algorithm))]]);
      },
    });
    return request ? [{ name, request }] : [];
  };
  return [
    ...altered('truncated right digest', (header) => header.slice(0, algorithm.length + 1 + DIGITS[algorithm] / 2)),
    ...altered(WITH_MORE, (header) => `${header}zz`),
  ];
}

function judgeShapes(shapes: readonly Shape[]): Verdict {
  const strict = shapes.filter(({ isRightWithMore }) => isRightWithMore !== true);
  const expected = 'a 4xx other than 410';
  const named = (list: readonly Shape[]): string => list.map(({ name }) => name).join(', ');
  const accepted = strict.filter(({ outcome }) => isAnswer(outcome) && isSuccess(outcome.status));
  if (accepted.length > 0) {
    return fail(`A malformed signature is accepted: ${named(accepted)}. Anyone can post events here.`, {
      expected,
      actual: showOutcomes(accepted.map(({ outcome }) => outcome)),
      remedy: 'Ask for the prefix and exactly 40 (sha1) or 64 (sha256) hex digits, and compare all of them.',
    });
  }
  const limited = throttled(shapes.map(({ outcome }) => outcome));
  if (limited) return limited;
  const broken = shapes.filter(({ outcome }) => !isRefused(outcome));
  const bad = broken.filter(
    ({ outcome, isRightWithMore }) => !(isRightWithMore && isAnswer(outcome) && isSuccess(outcome.status)),
  );
  if (bad.length > 0) {
    const actual = showOutcomes(bad.map(({ outcome }) => outcome));
    return fail(`A malformed signature is not refused properly (${actual}): ${named(bad)}.`, {
      expected,
      actual,
      remedy:
        'Look in the log of the receiver for the exception; treat whatever has not the right form as a wrong signature, with 401.',
    });
  }
  const note = broken.length > 0 ? '; the right digest with characters added is accepted, as some hex decoders do' : '';
  return pass(`${shapes.length - broken.length} forms refused${note}`);
}

function isRefused(outcome: Outcome): boolean {
  return isAnswer(outcome) && outcome.status >= 400 && outcome.status < 500 && outcome.status !== 410;
}
