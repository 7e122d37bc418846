import { defineCheck } from '../../check.ts';
import { compact, ping } from '../../notifications.ts';
import { algorithmFor, rightly } from '../../requests.ts';
import { STEADY } from '../needs.ts';
import { judgeTwice, sendTwice } from './twice.ts';

const ID = 'delivery/null-id';

/** Intercom's own ping has no id: a store keyed on it loses the second, or breaks. */
export const nullId = defineCheck({
  id: ID,
  title: 'Two pings without an id are accepted',
  kind: 'signed',
  needs: STEADY,
  async observe(probes) {
    const probe = rightly(ID, (kit) => compact(ping(kit, null)), await algorithmFor(probes));
    return sendTwice(probes, ID, [probes.buildSigned(probe), probes.buildSigned(probe)]);
  },
  judge: (outcomes) =>
    judgeTwice(outcomes, {
      subject: 'Two pings as Intercom sends them, with "id": null, are not accepted both times',
      remedy: 'Let the id be null: never make it a key on its own, and never call a null a duplicate.',
    }),
  explain: {
    why: 'Intercom\'s ping, the test notification, carries "id": null. A receiver that makes the id its key, or calls methods on it, breaks at the very notification that is meant to test it.',
    fix: 'Allow null in the column, apply the unique key to ids that are not null, and treat notifications without one as new.',
    source: 'https://github.com/zulip/zulip/issues/23912 (a captured ping)',
  },
});
