import type { Timings } from '../base/ports.ts';
import { showDuration } from '../base/quantity.ts';
import { plural } from '../base/text.ts';
import type { Evidence, ExchangeEvidence } from './evidence.ts';

/** Evidence as lines for people: `>` was sent, `<` came, `*` was seen on the way. Not wrapped: what was sent is copied from here. */
export function evidenceLines(evidence: Evidence): readonly string[] {
  switch (evidence.kind) {
    case 'exchange':
      return exchangeLines(evidence);
    case 'name': {
      const { host, source, addresses, a, aaaa, aliases, durationMs } = evidence;
      const told = source === 'pinned' ? '--resolve' : `A ${a}, AAAA ${aaaa}, ${showDuration(durationMs)}`;
      return [
        `* ${[host, ...aliases].join(' -> ')}`,
        `* ${addresses.length === 0 ? 'no address' : addresses.join(', ')} (${told})`,
      ];
    }
    case 'addresses':
      return evidence.addresses.map(
        ({ address, outcome, durationMs }) => `* ${address} ${outcome} (${showDuration(durationMs)})`,
      );
    case 'tls': {
      const { address, proxy, protocol, cipher, certificates, error, durationMs } = evidence;
      const spoken = error ?? [protocol, cipher].filter((part) => part !== null).join(', ');
      return [
        `* ${address}${proxy === null ? '' : ` (proxy ${proxy})`}: ${spoken} (${showDuration(durationMs)})`,
        ...certificates.flatMap(({ subject, issuer, names, validFrom, validTo, key, sha256 }) => [
          `* certificate ${subject} (${key}), issued by ${issuer}`,
          `*   for ${names.join(', ') || 'no name'}`,
          `*   valid ${validFrom ?? '?'} to ${validTo ?? '?'}, SHA-256 ${sha256}`,
        ]),
      ];
    }
    default:
      return evidence satisfies never;
  }
}

function exchangeLines({ request, answer, error, durationMs, timings }: ExchangeEvidence): readonly string[] {
  const sent = [
    `> ${request.method} ${request.url}`,
    ...request.headers.map(([name, value]) => `> ${name}: ${value}`),
    ...(request.bytes > 0 ? [`> ${oneLine(request.body)} (${request.bytes} bytes)`] : []),
  ];
  if (!answer) return [...sent, `< no answer: ${error?.message ?? 'unknown'} (${showDuration(durationMs)})`];
  const through = answer.proxy === null ? '' : ` through proxy ${answer.proxy}`;
  return [
    ...sent,
    `< ${answer.status} from ${answer.address}${through} (${timings ? phases(timings) : showDuration(durationMs)})`,
    ...answer.headers.map(([name, value]) => `< ${name}: ${value}`),
    ...(answer.bytes > 0 ? [`< ${oneLine(answer.body)} (${plural(answer.bytes, 'byte')})`] : []),
  ];
}

/** `dns 1 ms, connect 12 ms, tls 30 ms, first byte 41 ms, total 85 ms`; what took no time of its own is left out. */
function phases({ dns, connect, tls, firstByte, total }: Timings): string {
  const named = { dns, connect, tls, 'first byte': firstByte, total };
  return Object.entries(named)
    .flatMap(([name, ms]) => (ms === null ? [] : [`${name} ${showDuration(ms)}`]))
    .join(', ');
}

const oneLine = (text: string): string => text.replace(/\s+/g, ' ');
