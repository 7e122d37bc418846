import { defineCheck, pass, skip, warn } from '../../check.ts';

/** Without the secret only refusals can be tried: whether a real delivery is accepted stays open. */
export const secretPresent = defineCheck({
  id: 'env/secret-present',
  title: 'The webhook secret is known here',
  kind: 'local',
  needs: [],
  observe: async ({ local }) => ({
    where: local.secret?.where,
    conflict: local.conflict,
    wantsSigned: local.wantsSigned,
  }),
  judge({ where, conflict, wantsSigned }) {
    if (where === undefined && !wantsSigned) return skip('No secret is set, and --no-signed needs none.');
    if (where === undefined) {
      return warn('No webhook secret is set here: whether a rightly signed delivery is accepted cannot be tried.', {
        expected: 'INTERCOM_WEBHOOK_SECRET',
        actual: 'not set',
        remedy:
          'Put INTERCOM_WEBHOOK_SECRET=… into .env (Developer Hub, your app, Basic Information, Client secret), or leave signed probes out with --no-signed.',
      });
    }
    if (conflict !== undefined) {
      return warn(conflict, {
        expected: 'one secret',
        actual: 'two different ones',
        remedy: 'Keep the one that is the Client secret of the app (Developer Hub, your app, Basic Information).',
      });
    }
    return pass(`set: ${where}`);
  },
  explain: {
    why: "Intercom signs every notification with the app's client secret. Knowing it, this tool can send what Intercom would send and see whether the receiver accepts it.",
    fix: 'Put INTERCOM_WEBHOOK_SECRET=… into the env file, or set it in the environment of the CI job. INTERCOM_CLIENT_SECRET is read as another name for it.',
    source: 'https://developers.intercom.com/docs/references/preview/webhooks/webhook-models (Signed notifications)',
  },
});
