import { AppError } from '../../../base/errors.ts';
import { cleanLine, shorten } from '../../../base/text.ts';
import { API_BASES, parseRegion } from '../../../intercom/regions.ts';
import { defineCheck, fail, pass, skip, warn } from '../../check.ts';
import { NO_TOKEN } from './unanswered.ts';

/** The US host tries to route to the right region, so a wrong one may work for a while: it is a finding all the same. */
export const region = defineCheck({
  id: 'api/region',
  title: 'The workspace is hosted in the region that is set',
  kind: 'api',
  needs: ['api/token'],
  observe: async ({ local: { api } }) => ({ set: api?.region, me: await api?.me() }),
  judge({ set, me }) {
    if (set === undefined || me === undefined) return skip(NO_TOKEN);
    if (me instanceof AppError) return skip('the API does not say, see api/token');
    const told = me.app?.region ?? null;
    if (told === null) return skip("Intercom's API names no region for this workspace");
    const hosted = parseRegion(told);
    const shown = shorten(cleanLine(told), 30);
    if (hosted === undefined) return skip(`Intercom's API calls the region "${shown}", which is not documented`);
    if (hosted === set.value) return pass(`hosted in ${hosted}`);
    const parts = {
      expected: set.value,
      actual: hosted,
      remedy: `Set INTERCOM_REGION=${hosted}; the API is at ${API_BASES[hosted]}. If a firewall lets only Intercom in, it needs the addresses of that region.`,
    };
    return set.from === 'default'
      ? warn(`The workspace is hosted in ${hosted}; no region is set, so ${set.value} is assumed.`, parts)
      : fail(`The workspace is hosted in ${hosted}, and ${set.value} is set (${set.where}).`, parts);
  },
  explain: {
    why: 'Each region has an API host and source addresses of its own. The US host tries to route to the right region, so that a wrong setting may go unnoticed until a firewall refuses the deliveries.',
    fix: 'Set INTERCOM_REGION to the region that the message names.',
    source: 'https://developers.intercom.com/docs/build-an-integration/learn-more/rest-apis',
  },
});
