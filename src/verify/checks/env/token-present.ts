import { decodeUtf8 } from '../../../base/text.ts';
import { isPlaceholder } from '../../../intercom/secret-shape.ts';
import { defineCheck, pass, skip } from '../../check.ts';

/** Nothing of `verify` needs it but the questions to Intercom's API. */
export const tokenPresent = defineCheck({
  id: 'env/token-present',
  title: 'An access token is known here',
  kind: 'local',
  needs: [],
  observe: async ({ local: { token } }) => ({
    where: token?.where,
    isPlaceholder: token !== undefined && isPlaceholder(decodeUtf8(token.value.reveal())),
  }),
  judge({ where, isPlaceholder: isStandIn }) {
    if (where === undefined) return skip('not set, and not needed here');
    if (isStandIn) return skip(`${where} is a placeholder; none is needed here`);
    return pass(`set: ${where}`);
  },
  explain: {
    why: "The access token lets the tool ask Intercom's API about the workspace and its region. Receiving webhooks does not need it.",
    fix: 'Put INTERCOM_ACCESS_TOKEN=… into the env file (Developer Hub, your app, Authentication).',
    source: 'https://developers.intercom.com/docs/build-an-integration/learn-more/authentication',
  },
});
