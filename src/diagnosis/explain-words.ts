import { isJson } from '../base/json.ts';
import type { Cause } from './hypothesis.ts';
import { FORMS, LOST_ZEROS } from './hypotheses/forms.ts';
import type { Explanation } from './offline.ts';
import type { Reading } from './reading.ts';

/** A fault of a recorded signature. */
export interface Fault {
  readonly id: string;
  /** A sentence about this delivery. */
  readonly message: string;
  readonly remedy: string;
}

/** What is wrong with a signature that was explained; nothing, where it is right as it stands. */
export function faultsOf({ algorithm, reading, key, body, construction }: Explanation): readonly Fault[] {
  const fault = ({ id, fix }: Pick<Cause, 'id' | 'fix'>, message: string): Fault => ({ id, message, remedy: fix });
  const keyFaults = key ? [fault(key.cause, `The key is ${key.words}.`)] : [];
  if (body?.cause.aspect === 'form') return [...keyFaults, fault(body.cause, `It is ${body.words}.`)]; // a scheme as a whole
  const form = formOf(reading);
  return [
    ...(algorithm === 'sha1'
      ? []
      : [
          fault(
            pageOf(algorithm === 'sha256' ? 'sha256-only' : 'algorithm-other'),
            `The digest is ${algorithm.toUpperCase().replace('SHA', 'SHA-')}; Intercom signs with SHA-1.`,
          ),
        ]),
    ...(form === undefined ? [] : [fault(pageOf(form), writtenAs(reading))]),
    ...(construction ? [fault(construction.cause, `It is made as ${construction.words}.`)] : []),
    ...keyFaults,
    ...(body ? [fault(body.cause, `What was signed is ${body.words}.`)] : []),
  ];
}

function writtenAs({ words, digest, isCut }: Reading): string {
  return isCut
    ? `Only the first ${digest.length} bytes of the digest are there.`
    : `The digest is written as ${words}.`;
}

/** The fault in the way a digest is written. */
function formOf({ isUsual, isCut, words }: Reading): string | undefined {
  if (isUsual) return undefined;
  if (isCut || words.includes('with more after it')) return 'digest-cut';
  if (words.includes('leading zeros')) return LOST_ZEROS.id;
  if (words.includes('base64')) return 'digest-base64';
  if (words.includes('upper-case')) return 'digest-upper-case';
  return words.includes('without a prefix') ? 'prefix-missing' : 'prefix-other';
}

function pageOf(id: string): Pick<Cause, 'id' | 'fix'> {
  return FORMS.find((cause) => cause.id === id) ?? { id, fix: 'Use the form that Intercom sends.' };
}

/** What a body shows of itself when nothing explains its signature: sentences, most telling first. */
export function hintsOf(body: Uint8Array, readings: readonly Reading[]): readonly string[] {
  const text = new TextDecoder().decode(body);
  const hints: string[] = [];
  if (readings.length === 0) hints.push('The header holds nothing that could be a digest.');
  if (readings.every(({ isCut }) => isCut) && readings.length > 0)
    hints.push('The digest has the length of no known one: it was cut short or changed.');
  if (body.length === 0) hints.push('The recorded body is empty.');
  else if (text.includes('\ufffd'))
    hints.push(
      'The body holds replacement characters (U+FFFD): bytes were lost when it was decoded, and nothing brings them back.',
    );
  else if (/\?\?|[A-Za-z]\?[A-Za-z]/.test(text))
    hints.push(
      'The body holds question marks where letters may have stood: a log that knows ASCII only loses accents and emoji, and nothing brings them back.',
    );
  else if (!isJson(text)) hints.push('The body is not JSON: it is cut short, or not what was sent.');
  hints.push(
    'Most often the secret is another one: compare it with Developer Hub, your app, Basic Information, Client secret.',
  );
  return hints;
}
