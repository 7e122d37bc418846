import { defineCheck } from '../../check.ts';
import { REFUSING } from '../needs.ts';
import { judgeKeys, tryKeys } from './forged-keys.ts';

const ID = 'endpoint/empty-key-rejected';

/** A missing setting often becomes an empty key, and HMAC takes it without a word. */
export const emptyKeyRejected = defineCheck({
  id: ID,
  title: 'A signature made with an empty key is refused',
  kind: 'open',
  needs: REFUSING,
  observe: (probes) => tryKeys(probes, ID, ['']),
  judge: (trials) =>
    judgeKeys(trials, {
      accepted: () =>
        'Anyone can forge notifications: the receiver runs without its secret, and an empty key signs rightly.',
      refused: 'refused',
    }),
  explain: {
    why: 'When the variable with the secret is missing, code such as os.getenv("…", "") goes on with an empty key. HMAC computes with it all the same, so anybody can make signatures that are accepted.',
    fix: 'Set the secret where the receiver runs, and let it answer 503 while there is none instead of computing.',
    source: 'https://github.com/corsairdev/corsair/issues/711 (a product that did so)',
  },
});
