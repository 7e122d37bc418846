import { USUAL_PATH } from '../intercom/webhook-url.ts';
import type { Cause, Hypothesis } from './hypothesis.ts';
import { bytes } from './hypothesis.ts';
import type { Framework, Front } from './framework.ts';
import type { Search } from './online.ts';
import { keeps } from './theory.ts';

/** A cause that was found, or the admission that none was (`unknown`, with what is ruled out). */
export interface Finding {
  readonly id: string;
  readonly message: string;
  readonly confidence: 'certain' | 'likely' | 'none';
  readonly remedy: string;
  /** Name of the framework that answered, where it shows. */
  readonly framework?: string;
  /** Lines to paste, or a command to run, and for what they are. */
  readonly code?: { readonly for: string; readonly text: string };
}

/** What is known of who answered. */
export interface Setting {
  readonly framework: Framework | undefined;
  readonly front: Front | undefined;
  /** Path of the webhook, for the lines to paste. */
  readonly path: string;
}

export const UNKNOWN_CAUSE = 'unknown';
const CHANGING_ANSWERS = 'answers-change';
const FORGEABLE = 'accepts-forgeries';
const NOT_RAW = 'body-not-raw';

/** Pages of what a search can end with, besides the causes of its hypotheses. */
export const OUTCOME_PAGES: readonly Pick<Cause, 'id' | 'title' | 'why' | 'fix' | 'source'>[] = [
  {
    id: NOT_RAW,
    title: 'The receiver signs something else than the raw body',
    why: 'The signature fits as long as the body is one that every JSON printer leaves alone; others are refused. The body is parsed, typed or filtered before it is signed, in a way that is not on the list.',
    fix: 'Compute the HMAC over the bytes as received, before any parser, model or sanitiser, and parse afterwards.',
  },
  {
    id: CHANGING_ANSWERS,
    title: 'The same request is accepted at one time and refused at another',
    why: 'Instances behind one address run another version or have another secret, or a deployment is going on.',
    fix: 'Deploy again, restart all instances, and run verify again.',
    source: 'https://github.com/octokit/webhooks.js/issues/889 (mismatches that came and went)',
  },
  {
    id: UNKNOWN_CAUSE,
    title: 'Why a right signature is refused was not found out',
    why: 'verify names a cause only when it has proof: an altered request that is accepted, twice, while one with a wrong digest is refused. It says what is ruled out instead: a wrong guess would cost more time than none.',
    fix: 'Compare the secret of the receiver with the one used here, by length and hash, and look whether it signs the raw body. Record one delivery where the receiver runs (headers and raw body), and let propiq-intercom signature explain --delivery look for the fault without a network.',
  },
];

const SUBJECTS: Readonly<Record<Hypothesis['cause']['aspect'], string>> = {
  key: "The receiver's key is",
  body: 'The receiver signs',
  form: 'The receiver expects',
};

/** The findings of a search, in the words of the framework that was recognised. @param refusal `401`, as the right ping was answered */
export function findingsOf(found: Search, refusal: string, setting: Setting): readonly Finding[] {
  switch (found.kind) {
    case 'found':
      return explained(found, setting);
    case 'forgeable':
      return [
        {
          id: FORGEABLE,
          confidence: 'certain',
          message: 'A wrong signature is accepted, although a right one is refused: nothing more was tried.',
          remedy: 'Compare the signature with the HMAC of the raw body, and answer 401 whenever they differ.',
          ...codeOf('rawBody', setting),
        },
      ];
    case 'changing':
      return [
        {
          id: CHANGING_ANSWERS,
          confidence: 'likely',
          message:
            'The same kind of request is accepted now and refused before: instances behind this address disagree, or a deployment is going on.',
          remedy:
            'Look whether all instances run the same code with the same secret; deploy again, restart them all, and run verify again.',
        },
      ];
    case 'unknown':
      return [unknown(found, refusal, setting)];
    default:
      return found satisfies never;
  }
}

function explained({ theory, isDelivered, body }: Search & { kind: 'found' }, setting: Setting): readonly Finding[] {
  const together = theory.map(({ cause }) => cause.id);
  const findings = theory.map((part): Finding => {
    const { cause, words } = part;
    const others = together.filter((id) => id !== cause.id);
    const isPrinterSure = cause.aspect !== 'body' || body === 'explained';
    return {
      id: cause.id,
      confidence: isDelivered && isPrinterSure ? 'certain' : 'likely',
      message: [
        `${SUBJECTS[cause.aspect]} ${words}.`,
        others.length > 0
          ? `Together with ${others.join(' and ')} this explains every answer.`
          : 'Signed so, a ping is accepted, and a second one; with a wrong digest it is refused.',
        ...(isDelivered ? [] : ['Behind the check the receiver then fails with an error of its own.']),
        ...(cause.aspect === 'body' ? passesToday(part) : []),
      ].join(' '),
      remedy: cause.fix,
      ...codeOf(cause.aspect === 'key' ? 'setSecret' : 'rawBody', setting),
    };
  });
  const isBodyTold = theory.some(({ cause }) => cause.aspect === 'body');
  return body === 'unexplained' && !isBodyTold ? [...findings, notRaw(theory.length > 0, setting)] : findings;
}

/** The body is changed in a way that is not on the list. */
function notRaw(isBesides: boolean, setting: Setting): Finding {
  return {
    id: NOT_RAW,
    confidence: 'likely',
    message: `The receiver does not sign the raw body${isBesides ? ' either' : ''}: the signature fits bodies that every JSON printer leaves alone, and no others. In which way it changes them was not found out.`,
    remedy: 'Compute the HMAC over the bytes as received, before any JSON parser, and parse afterwards.',
    ...codeOf('rawBody', setting),
  };
}

const SAMPLES: readonly (readonly [body: string, words: string])[] = [
  ['{"a":"\u{1f44b}"}', 'Plain bodies pass today; the first emoji (or accent) is refused.'],
  ['{"a":"https://example.com/"}', 'Bodies without a slash pass today; the first link is refused.'],
  ['{"a":"<p>hi</p>"}', 'Bodies without HTML pass today; the first formatted message is refused.'],
  ['{"a": 1}', 'Compact bodies pass today; Intercom promises no spacing, and has sent other ones.'],
];

/** What of the body passes as it is, and what will not: the fault that is found in production only. */
function passesToday(part: Hypothesis): readonly string[] {
  if (!keeps(part, bytes('{"a":"b","c":[1,{}]}'))) return [];
  const first = SAMPLES.find(([body]) => !keeps(part, bytes(body)));
  return first ? [first[1]] : [];
}

/** What can be pasted: lines that verify a signature, lines that answer HEAD, the command that sets a secret. */
export type CodeKind = 'rawBody' | 'head' | 'setSecret';

/** The code of a kind, where the framework (or, for a secret, what stands in front) was recognised. */
export function codeOf(
  kind: CodeKind | undefined,
  { framework, front, path }: Setting,
): Pick<Finding, 'framework' | 'code'> {
  const named = framework && { framework: framework.name };
  if (kind === 'setSecret')
    return { ...named, ...(front?.setSecret && { code: { for: front.name, text: front.setSecret } }) };
  const text = kind && framework?.[kind];
  return {
    ...named,
    ...(framework && text !== undefined && { code: { for: framework.name, text: text.replaceAll(USUAL_PATH, path) } }),
  };
}

const FAMILIES: readonly (readonly [ids: RegExp, words: string])[] = [
  [/^(?:digest|prefix|algorithm|hmac|hash)-/, 'the form of the digest'],
  [/^secret-(?:newline|space|quoted)$/, 'a line break, space or quotes around the secret'],
  [/^secret-(?:whsec|decoded)/, 'a secret that is decoded or has another prefix'],
  [/^key-/, 'the other credentials that are known here'],
  [/^body-/, 'a body that is printed again, decoded wrongly or read before'],
  [/^(?:header|scheme)-/, 'other headers, and the schemes of other services'],
];

/** What was tried, by family; shared by the two ways of saying that nothing was found. */
function ruledOutOf(tried: readonly Hypothesis[]): readonly string[] {
  const ids = new Set(tried.map(({ cause }) => cause.id));
  return FAMILIES.filter(([pattern]) => [...ids].some((id) => pattern.test(id))).map(([, words]) => words);
}

function unknown({ end, tried }: Search & { kind: 'unknown' }, refusal: string, setting: Setting): Finding {
  const { framework, front } = setting;
  const ruledOut = ['sha1= and sha256=', ...ruledOutOf(tried)];
  const who = [framework && `${framework.name} answers`, front && `${front.name} stands in front`].filter(Boolean);
  return {
    id: UNKNOWN_CAUSE,
    confidence: 'none',
    message: [
      `A rightly signed ping is refused with ${refusal}, and nothing that was tried explains it.`,
      `Ruled out, in their usual forms: ${ruledOut.join('; ')}.`,
      ...(end ? [stopped(end)] : []),
      ...(who.length > 0 ? [`${who.join('; ')}.`] : []),
      'Left: another secret there than here (a cut one is another), a header that does not reach the code, a comparison that is never true, or a check of another kind.',
    ].join(' '),
    remedy:
      'Compare the secrets without showing them: print the length and a hash of it where the receiver runs and here (printf %s "$INTERCOM_WEBHOOK_SECRET" | sha256sum). If they are equal, print the names of the headers there (Node writes them in lower case, so headers["X-Hub-Signature"] is undefined), and look whether text is compared with text (not bytes with str in Python, == in Java, a Buffer by === in Node). Then record one delivery (headers and raw body) and run propiq-intercom signature explain --delivery on it.',
    ...codeOf('rawBody', setting),
  };
}

/** The same lines are not printed twice. */
export function codeOnce(): (finding: Finding) => Finding {
  const seen = new Set<string>();
  return ({ code, ...rest }) => {
    if (code === undefined || seen.has(code.text)) return rest;
    seen.add(code.text);
    return { ...rest, code };
  };
}

type End = NonNullable<(Search & { kind: 'unknown' })['end']>;

const STOPPED: Readonly<Record<End['kind'], string>> = {
  throttled: 'The search ended when the receiver held requests back',
  silent: 'The search ended when the receiver gave no answer',
  spent: 'The search ended at its limit of requests',
  changing: 'The search ended because the answers changed',
};

function stopped(end: End): string {
  return end.kind === 'throttled' ? `${STOPPED.throttled} (${end.status}).` : `${STOPPED[end.kind]}.`;
}
