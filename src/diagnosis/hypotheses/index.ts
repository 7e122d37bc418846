import { type Cause, type Facts, type Hypothesis, type Language, oddsIn } from '../hypothesis.ts';
import { CHARSET_BODIES } from './charset-bodies.ts';
import { credentialCauses } from './credentials.ts';
import { FORMS } from './forms.ts';
import { HEADERS, schemeCauses } from './headers.ts';
import { PRINTED_BODIES } from './printed-bodies.ts';
import { RAW_BODIES } from './raw-bodies.ts';
import { SECRETS } from './secrets.ts';

/** All faults that are known, by family. A new one is a row in its family; within equal odds the order here counts. */
export function causesFor(facts: Facts): readonly Cause[] {
  return [
    ...FORMS,
    ...SECRETS,
    ...credentialCauses(facts),
    ...PRINTED_BODIES,
    ...RAW_BODIES,
    ...CHARSET_BODIES,
    ...HEADERS,
    ...schemeCauses(facts),
  ];
}

/** Their pages, without any value to try. */
export const CAUSES: readonly Cause[] = causesFor({ credentials: [], nowSeconds: 0 });

/** Every variant with its cause and its odds in a language, most likely first. */
export function hypothesesOf(causes: readonly Cause[], language?: Language): readonly Hypothesis[] {
  const all = causes.flatMap((cause) =>
    cause.variants.map((variant) => ({ ...variant, cause, odds: oddsIn(variant, language) })),
  );
  return all.toSorted((one, other) => other.odds - one.odds);
}
