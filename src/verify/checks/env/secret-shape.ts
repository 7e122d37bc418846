import { judgeSecretShape } from '../../../intercom/secret-shape.ts';
import { defineCheck, fail, pass, skip } from '../../check.ts';

/** A secret with quotes or a line break signs wrongly, and no answer of the receiver would tell why. */
export const secretShape = defineCheck({
  id: 'env/secret-shape',
  title: 'The webhook secret has a sound form',
  kind: 'local',
  needs: [],
  observe: async ({ local: { secret } }) => secret && { where: secret.where, shape: judgeSecretShape(secret.value) },
  judge(seen) {
    if (seen === undefined) return skip('There is no secret to look at.');
    const { where, shape } = seen;
    if (shape.verdict === 'unusable') {
      return fail(`${where}: ${shape.problem}`, {
        expected: "the app's client secret, and nothing around it",
        actual: shape.problem.charAt(0).toLowerCase() + shape.problem.slice(1).replace(/\.$/, ''),
        remedy: shape.remedy,
      });
    }
    return pass(shape.verdict === 'note' ? shape.problem : 'nothing around it, no placeholder');
  },
  explain: {
    why: 'Placeholders, quotes, spaces, line breaks and access tokens in place of the secret all end in one thing: every delivery is refused with 401. The shape of a real client secret is not documented, so only what is surely wrong fails.',
    fix: "Copy the app's client secret again (Developer Hub, your app, Basic Information), in one piece, without quotes or spaces. A value that starts with whsec_ is not known to come from Intercom: if deliveries get 401, this is why.",
    source: 'https://developers.intercom.com/docs/references/preview/webhooks/webhook-models (Signed notifications)',
  },
});
