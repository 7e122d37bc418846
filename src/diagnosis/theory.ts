import type { HeaderList } from '../base/ports.ts';
import { isSame, type Aspect, type Hypothesis } from './hypothesis.ts';
import { headersOf, rightSigning, type Signing } from './signing.ts';

/** Hypotheses that are held at once, at most one of each aspect. None: the right signature. */
export type Theory = readonly Hypothesis[];

/** The key first, then the body, then the form: schemes put a time before whatever body there is. */
const ORDER: readonly Aspect[] = ['key', 'body', 'form'];

/** How a body is signed under a theory; undefined where it does not apply to this body or key. */
function signingUnder(theory: Theory, body: Uint8Array, key: Uint8Array): Signing | undefined {
  return theory
    .toSorted((one, other) => ORDER.indexOf(one.cause.aspect) - ORDER.indexOf(other.cause.aspect))
    .reduce<Signing | undefined>((signing, { alter }) => signing && alter(signing), rightSigning(body, key));
}

/** What a receiver sees of a signature, as one text: equal ones cannot be told apart by this body. */
export function fingerprintOf(headers: HeaderList): string {
  return headers.map(([name, value]) => `${name.toLowerCase()}: ${value}`).join('\n');
}

/** The headers for a body under a theory, and their fingerprint. */
export function signUnder(
  theory: Theory,
  body: Uint8Array,
  key: Uint8Array,
): { readonly headers: HeaderList; readonly fingerprint: string } | undefined {
  const signing = signingUnder(theory, body, key);
  if (signing === undefined) return undefined;
  const headers = headersOf(signing);
  return { headers, fingerprint: fingerprintOf(headers) };
}

/** Headers of the same form whose digest is wrong: what must be refused, or nothing is proved. */
export function spoiledUnder(theory: Theory, body: Uint8Array, key: Uint8Array): HeaderList {
  const signing = signingUnder(theory, body, key) ?? rightSigning(body, key);
  return headersOf({ ...signing, message: Buffer.concat([signing.message, Buffer.from(' ')]) });
}

/** Whether a hypothesis about the body leaves this one as it is. */
export function keeps(hypothesis: Hypothesis, body: Uint8Array): boolean {
  const signing = hypothesis.alter(rightSigning(body, new Uint8Array()));
  return signing !== undefined && isSame(signing.message, body);
}
