import { defineCheck } from '../../check.ts';
import { REFUSING } from '../needs.ts';
import { judgeKeys, tryKeys } from './forged-keys.ts';

const ID = 'endpoint/placeholder-key-rejected';

/** The guide's own stand-ins, those of common templates, and what languages print for a value that is missing. */
const PLACEHOLDERS: readonly string[] = [
  'whsec_YOUR_SECRET_HERE',
  'whsec_YOUR_ACTUAL_SECRET_HERE',
  'your_webhook_secret',
  'your-secret-here',
  'changeme',
  'secret',
  'undefined',
  'None',
];

/** A placeholder that was deployed is a secret that everybody knows. */
export const placeholderKeyRejected = defineCheck({
  id: ID,
  title: 'A signature made with a placeholder is refused',
  kind: 'open',
  needs: REFUSING,
  observe: (probes) => tryKeys(probes, ID, PLACEHOLDERS),
  judge: (trials) =>
    judgeKeys(trials, {
      accepted: (keys) => `Anyone can forge notifications: the receiver's secret is the placeholder ${keys}.`,
      refused: `${PLACEHOLDERS.length} placeholders refused`,
    }),
  explain: {
    why: 'A secret copied from a guide or a template (whsec_YOUR_SECRET_HERE, changeme), or the text that a language prints for a missing value (undefined, None), is known to everybody.',
    fix: "Set the app's client secret where the receiver runs (Developer Hub, your app, Basic Information), and deploy again.",
    source: "PropIQ's guide (its placeholders)",
  },
});
