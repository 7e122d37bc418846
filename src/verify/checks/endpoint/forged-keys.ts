import type { SignatureAlgorithm } from '../../../intercom/signature.ts';
import { type CheckId, fail, pass, type Verdict, warn } from '../../check.ts';
import { bytesOf } from '../../notifications.ts';
import { isAnswer, isDelivered, isSuccess, type Outcome, showOutcomes, someAnswered } from '../../outcome.ts';
import type { Probes } from '../../probes.ts';
import { algorithmsToForge, plainPing, signedPost, wrongSecretPing } from '../../requests.ts';
import { headerOf } from '../../signing.ts';
import { throttled } from '../../throttled.ts';

export interface KeyTrials {
  readonly trials: readonly KeyTrial[];
  /** Whether a key that nobody could guess is accepted just as well. */
  readonly takesAnything: boolean;
}

interface KeyTrial {
  readonly key: string;
  readonly algorithm: SignatureAlgorithm;
  readonly outcome: Outcome;
}

/** Signs a ping with each of some keys that anybody can guess, in every algorithm that matters. */
export async function tryKeys(probes: Probes, owner: CheckId, keys: readonly string[]): Promise<KeyTrials> {
  const algorithms = await algorithmsToForge(probes);
  const trials = await Promise.all(
    keys.flatMap((key) =>
      algorithms.map(async (algorithm): Promise<KeyTrial> => {
        const request = probes.build({
          owner,
          build(kit) {
            const body = plainPing(kit);
            return signedPost(kit, body, headerOf(body, bytesOf(key), algorithm));
          },
        });
        return { key, algorithm, outcome: await probes.send(owner, request) };
      }),
    ),
  );
  someAnswered(trials.map(({ outcome }) => outcome));
  const madeUp = await Promise.all(algorithms.map((algorithm) => probes.once(wrongSecretPing[algorithm])));
  return { trials, takesAnything: madeUp.some(isDelivered) };
}

/** Judges the trials: accepted means that anybody can sign. */
export function judgeKeys(
  { trials, takesAnything }: KeyTrials,
  words: { readonly accepted: (keys: string) => string; readonly refused: string },
): Verdict {
  const delivered = trials.filter(({ outcome }) => isAnswer(outcome) && isSuccess(outcome.status));
  if (delivered.length > 0) {
    const keys = [...new Set(delivered.map(({ key }) => `"${key}"`))].join(', ');
    const answer = {
      expected: 'refused',
      actual: `accepted (${showOutcomes(delivered.map(({ outcome }) => outcome))})`,
    };
    if (takesAnything) {
      return fail('Anyone can forge notifications: it is accepted, as any signature is.', {
        ...answer,
        remedy: 'Compare the signature at all: see endpoint/wrong-secret-rejected.',
      });
    }
    return fail(words.accepted(keys), {
      ...answer,
      remedy:
        'Set the real secret where the receiver runs, and let it refuse to work (503) while the secret is empty or a placeholder.',
    });
  }
  const limited = throttled(trials.map(({ outcome }) => outcome));
  if (limited) return limited;
  const broken = trials.filter(({ outcome }) => !isAnswer(outcome) || outcome.status < 400 || outcome.status >= 500);
  if (broken.length > 0) {
    const actual = showOutcomes(broken.map(({ outcome }) => outcome));
    return warn(`It is not accepted, but not refused properly either (${actual}).`, {
      expected: '401',
      actual,
      remedy: 'Look in the log of the receiver; whatever is wrong with a signature, answer 401.',
    });
  }
  return pass(words.refused);
}
