import { isoTime } from '../../../base/iso-time.ts';
import { type Check, skip, type Target, type Verdict } from '../../check.ts';
import type { TlsFacts } from '../../ports.ts';
import type { Probes } from '../../probes.ts';

export interface TlsSeen {
  readonly facts: TlsFacts;
  /** ms since 1970 */
  readonly now: number;
}

/** What the checks of the certificate share: one handshake, and no blame where there is no TLS. */
export function observeTls(
  judge: (seen: TlsSeen, target: Target) => Verdict,
): Pick<Check<TlsSeen | undefined>, 'observe' | 'judge'> {
  return {
    async observe(probes: Probes) {
      if (probes.target.url.protocol !== 'https:') return undefined;
      return { facts: await probes.tls(), now: probes.now() };
    },
    judge(seen, target) {
      if (seen === undefined) return skip('no TLS: the URL starts with http://');
      const verdict = judge(seen, target);
      // --insecure goes on, but says what is wrong all the same
      return target.isInsecure && seen.facts.outcome.kind === 'agreed' ? { ...verdict, blocks: [] } : verdict;
    },
  };
}

/** `2026-01-02` */
export function day(ms: number): string {
  return ms >= 0 ? isoTime(ms).slice(0, 10) : 'a date that cannot be read';
}
