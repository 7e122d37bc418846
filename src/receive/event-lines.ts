import { cleanLine, shorten } from '../base/text.ts';
import { itemId } from '../intercom/notification.ts';
import type { Happening } from './receive.ts';

export type Stored = Extract<Happening, { kind: 'stored' }>;

/** The legacy and the current name of the same topic. */
const NEW_USER: ReadonlySet<string> = new Set(['user.created', 'contact.user.created']);
const LONGEST = 120;

/** The log of PropIQ's guide, with ids in place of e-mail addresses. */
export function eventLines({ notification, outcome, probe }: Stored): readonly string[] {
  const mark = outcome === 'duplicate' ? ' (duplicate, already stored)' : '';
  const lines = [`Intercom webhook received: ${remote(notification.topic)}${mark}${probeMark(probe)}`];
  const id = itemId(notification);
  if (outcome === 'added' && NEW_USER.has(notification.topic) && id !== undefined)
    lines.push(`New Intercom user: ${remote(id)}`);
  return lines;
}

/** Who said it is a probe is not known: the header is not signed. It is shown and nothing more. */
export function probeMark(probe: string | undefined): string {
  return probe === undefined ? '' : ` (probe: ${remote(probe)})`;
}

/** Remote text as a short and harmless part of a line. */
export function remote(text: string, longest = LONGEST): string {
  return shorten(cleanLine(text), longest);
}
