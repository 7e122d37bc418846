import type { Secret } from '../base/secret.ts';
import type { Signing } from './signing.ts';

/** Which part of a signature a fault changes. Faults of different aspects can come together. */
export type Aspect = 'key' | 'body' | 'form';

/** A fault that receivers have: one id, its page, and the ways in which it shows. */
export interface Cause {
  readonly id: string;
  readonly aspect: Aspect;
  readonly title: string;
  readonly why: string;
  readonly fix: string;
  readonly source?: string;
  readonly variants: readonly Variant[];
}

/** What applications are written in, as far as it decides what goes wrong. */
export type Language = 'js' | 'python' | 'php' | 'go' | 'ruby' | 'java' | 'dotnet';

/** One changed assumption. The same list answers online (is it accepted?) and offline (is it equal?). */
export interface Variant {
  /** A noun phrase: `the secret with a line break after it`, `the parsed body, printed again`. */
  readonly words: string;
  /** How often it is met: 3 often, 2 now and then, 1.5 seldom, 1 hardly ever; 0 is for recorded deliveries only, never sent. */
  readonly odds: 0 | 1 | 1.5 | 2 | 3;
  /** Given: a fault of this language, seldom met in others. */
  readonly language?: Language | undefined;
  /** The signature under this assumption; undefined where it cannot be made. The same as given: nothing changes here. */
  alter(right: Signing): Signing | undefined;
}

/** A variant together with the cause that it belongs to. */
export interface Hypothesis extends Omit<Variant, 'odds'> {
  readonly cause: Cause;
  readonly odds: number;
}

const AT_HOME = 0.75;
const ABROAD = 0.25;

/** How often a variant is met in applications of a language. */
export function oddsIn({ odds, language }: Variant, of: Language | undefined): number {
  if (of === undefined || language === undefined) return odds;
  return language === of ? odds + AT_HOME : odds * ABROAD;
}

/** Another value that could have been taken for the secret. */
export interface Credential {
  readonly kind: 'access-token' | 'app-id' | 'previous-secret' | 'other-secret' | 'other-profile';
  /** `INTERCOM_ACCESS_TOKEN in .env line 3` */
  readonly where: string;
  readonly value: Secret;
}

/** What hypotheses are built from, besides the right signature. */
export interface Facts {
  readonly credentials: readonly Credential[];
  /** s since 1970, for schemes that sign a time. */
  readonly nowSeconds: number;
  /** Where deliveries go, for schemes that sign an address. */
  readonly url?: URL | undefined;
}

const encoder = new TextEncoder();
export const bytes = (text: string): Uint8Array => encoder.encode(text);

export function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0;
}
