import { defineCheck, fail, pass, skip, type Target, unjudged, type Verdict, warn } from '../../check.ts';
import type { AddressFact, Reach } from '../../ports.ts';
import { showWait } from '../../outcome.ts';

/** One dead address behind a name loses every second delivery, and a single request rarely shows it. */
export const connects = defineCheck({
  id: 'tcp/connects',
  title: 'Every published address takes connections',
  kind: 'open',
  needs: ['url/path', 'dns/resolves'],
  observe: (probes) => probes.reach(),
  judge: judgeReach,
  explain: {
    why: 'Deliveries go to any of the addresses that the name has. Intercom tries a failed delivery once more after a minute, and then it is lost.',
    fix: 'Start the receiver, open its port in the firewall, and take addresses that do not answer out of the DNS records. Which address family Intercom uses is not documented; a dead IPv6 address is worth removing all the same.',
    source: 'https://developers.intercom.com/docs/references/preview/webhooks/webhook-models (retries)',
  },
});

const WORDS: Readonly<Record<AddressFact['outcome'], string>> = {
  open: 'takes connections',
  refused: 'refuses connections',
  'timed-out': 'does not answer',
  unreachable: 'cannot be reached',
  'no-route': 'cannot be tried from here',
};

function judgeReach(reach: Reach, target: Target): Verdict {
  if (reach.via === 'proxy') return skip(`Requests go through the proxy ${reach.proxy}, which connects by itself.`);
  const { addresses } = reach;
  const open = addresses.filter(({ outcome }) => outcome === 'open');
  const dead = addresses.filter(({ outcome }) => outcome !== 'open' && outcome !== 'no-route');
  const actual = addresses.map(({ address, outcome }) => `${address} ${WORDS[outcome]}`).join(', ');
  const named = dead.map(({ address }) => address).join(', ');
  if (open.length === 0) {
    return unjudged(`Nothing takes connections at ${target.url.host}: ${actual}.`, {
      expected: 'a connection',
      actual,
      remedy: remedyFor(dead, target),
    });
  }
  const expected = 'every address takes connections';
  if (target.reach !== 'loopback' && dead.some(({ family }) => family === 4)) {
    return fail(`Some addresses of ${target.url.hostname} are dead: ${named}. Deliveries to them are lost.`, {
      expected,
      actual,
      remedy: `Start what should listen there, or remove ${named} from the DNS records of ${target.url.hostname}.`,
    });
  }
  if (target.reach !== 'loopback' && dead.length > 0) {
    return warn(`The IPv6 address ${named} is published but dead; IPv4 works.`, {
      expected,
      actual,
      remedy: `Listen on IPv6 as well, or remove the AAAA record of ${target.url.hostname}.`,
    });
  }
  const untried = addresses.some(({ outcome }) => outcome === 'no-route');
  const note = untried ? '; IPv6 not tried, this machine has none' : '';
  return pass(`${open.map(({ address }) => address).join(', ')}${note}`);
}

function remedyFor(dead: readonly AddressFact[], { url, reach, timeoutMs }: Target): string {
  if (reach === 'loopback') return `Start the receiver, and look whether it listens on port ${portOf(url)}.`;
  if (dead.every(({ outcome }) => outcome === 'timed-out'))
    return `No answer within ${showWait(timeoutMs)}: look whether the host is up and a firewall lets port ${portOf(url)} through.`;
  return `Look whether the receiver is deployed and listens on port ${portOf(url)}; after a deployment give it time with --wait 2m.`;
}

const portOf = (url: URL): string => url.port || (url.protocol === 'https:' ? '443' : '80');
