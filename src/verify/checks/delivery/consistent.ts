import type { HttpRequest } from '../../../base/ports.ts';
import { defineCheck, fail, pass, skip, type Verdict } from '../../check.ts';
import { isDelivered, type Outcome, showOutcome, someAnswered } from '../../outcome.ts';
import { algorithmFor, plainPing, rightly } from '../../requests.ts';
import { throttled } from '../../throttled.ts';
import { DELIVERING } from '../needs.ts';

const ID = 'delivery/consistent';
const TIMES = 6;

interface Seen {
  readonly together: readonly Outcome[];
  /** One after the other, where those sent together were not all answered alike. */
  readonly apart: readonly Outcome[];
}

/** Behind one address there may be several instances, and one of them may be of yesterday. */
export const consistent = defineCheck<Seen>({
  id: ID,
  title: 'Every instance gives the same answer',
  kind: 'signed',
  needs: DELIVERING,
  async observe(probes) {
    const probe = rightly(ID, plainPing, await algorithmFor(probes));
    const pings = (): readonly HttpRequest[] =>
      Array.from({ length: TIMES }, () => probes.buildSigned(probe)).filter((one) => one !== undefined);
    const together = someAnswered(await probes.sendTogether(ID, pings()));
    if (together.every(isDelivered)) return { together, apart: [] };
    const apart: Outcome[] = [];
    for (const request of pings()) apart.push(...(await probes.sendTogether(ID, [request])));
    return { together, apart };
  },
  judge({ together, apart }, { url }) {
    if (together.every(isDelivered)) return pass(`${together.length} pings over connections of their own accepted`);
    const refused = apart.filter((outcome) => !isDelivered(outcome));
    if (refused.length === 0) return skip('One after the other all are accepted: see delivery/concurrent.');
    const limited = throttled(refused);
    if (limited) return { ...limited, blocks: [] };
    if (refused.length === apart.length) return changed(showOutcome(refused[0] as Outcome));
    const actual = tally(apart);
    return fail(
      `The same ping, sent ${apart.length} times over connections of their own, is answered in different ways: ${actual}. The instances behind ${url.host} disagree.`,
      {
        expected: '2xx every time',
        actual,
        remedy:
          'Look for an instance with older code or another secret: deploy to all of them and restart them. A load balancer should take out those that do not answer.',
      },
    );
  },
  explain: {
    why: 'Several instances, containers or regions often stand behind one address. When one of them has an older build or another secret, some deliveries are lost and the next ones are not: the hardest fault to find by looking at single requests.',
    fix: 'Give all instances the same secret and the same build: restart them after a change of settings, end old revisions (Azure: slots and scaled-out instances; Kubernetes: kubectl rollout restart), and let the load balancer check their health.',
    source:
      'https://github.com/octokit/webhooks.js/issues/889 (mismatches for an hour, then none); not a matter of Intercom',
  },
});

function changed(shown: string): Verdict {
  return fail(`A ping that was accepted before is refused now, every time (${shown}).`, {
    expected: '2xx every time',
    actual: shown,
    remedy:
      'Look in the log of the receiver: something in this run changed its mind, a lock-out of the sender perhaps.',
  });
}

/** `5 times 200, 3 times 401` */
function tally(outcomes: readonly Outcome[]): string {
  const counts = new Map<string, number>();
  for (const outcome of outcomes) counts.set(showOutcome(outcome), (counts.get(showOutcome(outcome)) ?? 0) + 1);
  return [...counts].map(([shown, count]) => `${count} times ${shown}`).join(', ');
}
