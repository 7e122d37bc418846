import { isoTime } from '../../base/iso-time.ts';
import { type ApiVersion, isAtLeast } from '../topics.ts';
import type { Cast } from './cast.ts';
import type { Dice } from './dice.ts';

/** What one sample is built from. */
export interface Scene {
  readonly topic: string;
  readonly version: ApiVersion;
  readonly cast: Cast;
  /** For the ids of this one notification. */
  readonly dice: Dice;
  /** When the notification is made: no time in it is later, except `snoozed_until`. */
  readonly nowMs: number;
}

/** Unix seconds, some seconds before the notification. */
export function secondsAgo({ nowMs }: Scene, ago: number): number {
  return Math.floor(nowMs / 1000) - ago;
}

/** As contacts, users and companies carry times: `2026-01-10T04:22:28.240+00:00`. */
export function isoAgo({ nowMs }: Scene, agoMs: number): string {
  return isoTime(nowMs - agoMs).replace('Z', '+00:00');
}

/** As the statistics of a conversation carry times: `2026-01-10T07:56:29.000Z`. */
export function statisticsTime(seconds: number): string {
  return isoTime(seconds * 1000);
}

/**
 * The text of a message: HTML up to API 2.14, plain text from 2.15 on.
 * Source: Intercom-OpenAPI 2.16, `conversation_part.body` and the conversation source.
 */
export function messageText({ version }: Scene, text: string): string {
  return isAtLeast(version, '2.15') ? text : html(text);
}

/** What API versions up to 2.14 wrap a text in. */
export function html(text: string): string {
  return `<p>${text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')}</p>`;
}
