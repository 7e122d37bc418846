import { defineCheck, fail, pass } from '../../check.ts';
import { isDelivered, showOutcomes, someAnswered } from '../../outcome.ts';
import { algorithmFor, plainPing, rightly } from '../../requests.ts';
import { throttled } from '../../throttled.ts';
import { STEADY } from '../needs.ts';

const ID = 'delivery/concurrent';
const AT_ONCE = 10;

/** Notifications come in bursts, one imported list of users after the other. */
export const concurrent = defineCheck({
  id: ID,
  title: 'Ten notifications at once are accepted',
  kind: 'signed',
  needs: STEADY,
  alone: true,
  async observe(probes) {
    const probe = rightly(ID, plainPing, await algorithmFor(probes));
    const requests = Array.from({ length: AT_ONCE }, () => probes.buildSigned(probe)).filter(
      (one) => one !== undefined,
    );
    return { outcomes: someAnswered(await probes.sendTogether(ID, requests)), wasSlowed: probes.wasSlowed() };
  },
  judge({ outcomes, wasSlowed }) {
    const refused = outcomes.filter((outcome) => !isDelivered(outcome));
    const slowed = wasSlowed
      ? '; a rate limit made this run wait, and would make Intercom hold notifications back'
      : '';
    if (refused.length === 0) return pass(`${outcomes.length} of ${outcomes.length} accepted${slowed}`);
    const limited = throttled(refused);
    if (limited) return limited;
    const actual = `${refused.length} of ${outcomes.length}: ${showOutcomes(refused)}`;
    return fail(
      `Of ${outcomes.length} notifications at once ${refused.length} were not accepted (${showOutcomes(refused)}).`,
      {
        expected: '2xx to all',
        actual,
        remedy:
          "Look for what cannot be shared: a server that takes one request after the other (`php -S`, a single synchronous worker), one database connection, a lock, a rate limit per address (all of Intercom's deliveries come from few).",
      },
    );
  },
  explain: {
    why: 'Notifications come in bursts: an import or a mass message makes hundreds within seconds, and each that is refused is tried only once more.',
    fix: 'Store first and handle later; use a pool of database connections, and keep rate limits away from this path. If instances answer differently, one of them runs older code or another secret.',
    source: 'https://developers.intercom.com/docs/webhooks/webhook-notifications (volume, retry)',
  },
});
