import { AppError } from '../../../base/errors.ts';
import { cleanLine, shorten } from '../../../base/text.ts';
import { defineCheck, fail, pass, skip, warn } from '../../check.ts';
import { cannotAsk, NO_TOKEN } from './unanswered.ts';

/** A 403 on `/me` means that a scope is missing, not that the token is wrong. */
export const token = defineCheck({
  id: 'api/token',
  title: "Intercom's API accepts the access token",
  kind: 'api',
  needs: ['env/token-present'],
  observe: async ({ local }) => ({ place: local.token?.where, me: await local.api?.me() }),
  judge({ place, me }) {
    if (me === undefined) return skip(NO_TOKEN, { blocks: ['api/region', 'api/subscription'] });
    if (!(me instanceof AppError)) {
      const { app } = me;
      if (app === null) return pass('accepted');
      const name = app.name === null ? '' : ` (${shorten(cleanLine(app.name), 60)})`;
      return pass(`accepted: workspace ${shorten(cleanLine(app.idCode), 60)}${name}`);
    }
    const { code, what, why, hint } = me;
    const parts = { expected: '200 from GET /me', remedy: hint };
    if (code === 'api/unauthorized' || code === 'settings/secret-unusable')
      return fail(`${what} (${place ?? 'INTERCOM_ACCESS_TOKEN'}). ${why}`, { ...parts, actual: 'refused' });
    if (code === 'api/forbidden') return warn(`${what}. ${why}`, { ...parts, actual: '403' });
    return cannotAsk(me);
  },
  explain: {
    why: 'Receiving webhooks does not need the access token, but setup and the other checks of this group do: with it they learn the workspace and its region.',
    fix: "Copy the token again from the app's Authentication page in the Developer Hub into INTERCOM_ACCESS_TOKEN; look whether INTERCOM_REGION is the workspace's.",
    source: 'https://github.com/intercom/Intercom-OpenAPI (2.16: /me, error)',
  },
});
