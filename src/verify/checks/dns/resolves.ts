import { defineCheck, pass, skip, type Target, unjudged, type Verdict, warn } from '../../check.ts';
import type { DirectName, NameFacts, RecordAnswer } from '../../ports.ts';
import { showDuration } from '../../../base/quantity.ts';
import { showWait } from '../../outcome.ts';

/** Everything begins with the name; what is wrong with it looks like many other faults later. */
export const resolves = defineCheck<NameFacts>({
  id: 'dns/resolves',
  title: 'The name leads to an address',
  kind: 'open',
  needs: ['url/path'],
  observe: (probes) => probes.name(),
  judge(facts, target) {
    if (facts.via === 'proxy') return skip(`The proxy ${facts.proxy} looks the name up by itself.`);
    if (facts.via === 'address') return skip('the URL has an address in place of a name');
    return facts.addresses.length === 0 ? judgeMissing(facts, target) : judgeFound(facts);
  },
  explain: {
    why: 'A name without a usable address is where a delivery ends before it begins. Usual reasons: a typing error, a record that was never made or has not spread yet, an alias (CNAME) to a deployment that is gone, name servers that do not answer.',
    fix: 'Look at the records of the name where its domain is managed: an A record (and AAAA where IPv6 is served), or a CNAME whose target exists. Remove an alias to something that is gone: whoever can claim its target can answer in your name. A new record takes minutes to hours to be seen everywhere.',
    source:
      'not a matter of Intercom; aliases that lead nowhere: https://learn.microsoft.com/azure/security/fundamentals/subdomain-takeover',
  },
});

const WORDS: Readonly<Record<RecordAnswer, string>> = {
  found: 'found',
  none: 'none',
  'no-such-name': 'no such name (NXDOMAIN)',
  'server-failed': 'server failure (SERVFAIL)',
  refused: 'refused by the DNS server (REFUSED)',
  'timed-out': 'no answer',
  unreachable: 'no DNS server could be asked',
  'not-asked': 'not asked',
};

/** Several lookups may have gone wrong in different ways; the first of these that did says most. */
const MOST_TELLING: readonly RecordAnswer[] = [
  'server-failed',
  'refused',
  'timed-out',
  'unreachable',
  'no-such-name',
  'none',
];

function judgeMissing({ host, a, aaaa, aliases }: DirectName, { timeoutMs }: Target): Verdict {
  const actual = a === aaaa ? `A and AAAA: ${WORDS[a]}` : `A: ${WORDS[a]}, AAAA: ${WORDS[aaaa]}`;
  const answer = { expected: 'an address', actual };
  const told = MOST_TELLING.find((one) => one === a || one === aaaa) ?? 'none';
  const last = aliases.at(-1);
  if (last !== undefined && (told === 'no-such-name' || told === 'none')) {
    return unjudged(
      `${host} is an alias (CNAME) of ${aliases.join(', then ')}, and ${last} has no address: it leads nowhere.`,
      {
        ...answer,
        remedy: `Deploy what ${last} belongs to, or point the CNAME of ${host} elsewhere. If ${last} is given up, remove the CNAME at once: whoever claims that name answers for ${host}.`,
      },
    );
  }
  switch (told) {
    case 'server-failed':
      return unjudged(
        `The DNS failed to answer for ${host} (SERVFAIL): its name servers are down or wrong, or its signatures (DNSSEC) do not hold.`,
        {
          ...answer,
          remedy: `Look at the name servers of the domain, and at DNSSEC where it is on: dig +trace ${host}, and dig +cd ${host} (an answer there only means DNSSEC).`,
        },
      );
    case 'refused':
      return unjudged(`The DNS server of this computer refuses to answer for ${host} (REFUSED).`, {
        ...answer,
        remedy: 'Use another DNS server, or ask who runs this one.',
      });
    case 'timed-out':
      return unjudged(`The DNS did not answer for ${host} within ${showWait(timeoutMs)}.`, {
        ...answer,
        remedy: `Check the network and the DNS server of this computer: nslookup ${host}. If other names are found, the name servers of this domain are the silent ones.`,
      });
    case 'unreachable':
      return unjudged(`No DNS server could be asked for ${host}.`, {
        ...answer,
        remedy: 'Check the network and the DNS settings of this computer, or name the address: --resolve host:address',
      });
    case 'none':
      return unjudged(`${host} is known to the DNS, but has no address: neither A nor AAAA.`, {
        ...answer,
        remedy: `Make an A record (or a CNAME) for ${host} where its domain is managed.`,
      });
    case 'no-such-name':
    case 'found':
    case 'not-asked':
    default:
      return unjudged(`There is no ${host}: the DNS does not know the name (NXDOMAIN).`, {
        ...answer,
        remedy: `Check the spelling. Else make an A record or a CNAME for ${host} where its domain is managed; a new one takes a while to be seen.`,
      });
  }
}

function judgeFound({ host, source, addresses, a, aaaa, aliases, durationMs }: DirectName): Verdict {
  const shown = addresses.map(({ address }) => address).join(', ');
  if (source === 'pinned') return pass(`${shown} (by --resolve, the DNS was not asked)`);
  const silent = { A: a, AAAA: aaaa };
  const bad = Object.entries(silent).filter(([, answer]) => answer === 'timed-out' || answer === 'server-failed');
  // where neither kind was answered, the address came from elsewhere (a hosts file): the DNS has no part in it
  const [first] = bad;
  if (first !== undefined && bad.length === 1 && Object.values(silent).includes('found')) {
    const [record, answer] = first;
    return warn(
      `${host} has addresses, but the DNS question for its ${record} record gets ${WORDS[answer]}. Clients that ask for both wait, or give up (here: ${showDuration(durationMs)}).`,
      {
        expected: `an answer for ${record}, if only that there is none`,
        actual: `${record}: ${WORDS[answer]}`,
        remedy: `Have the name servers of the domain answer every type of question; an empty answer will do. See: dig ${host} ${record}`,
      },
    );
  }
  const alias = aliases.length > 0 ? `${aliases.join(', ')}: ` : '';
  return pass(`${alias}${shown}`);
}
