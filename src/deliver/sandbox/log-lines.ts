import type { JsonObject } from '../../base/json.ts';
import type { Paint } from '../../base/paint.ts';
import { cleanLine, shorten } from '../../base/text.ts';
import type { Fate } from '../policy.ts';
import type { DeliveryHappening, Happening } from './happenings.ts';

type JsonRecord = JsonObject & { type: string };

const shown = (text: string): string => shorten(cleanLine(text), 120);

/** A record of `sandbox --json`: `delivery` for an attempt, `event` for everything else. */
export function happeningJson(happening: Happening): JsonRecord {
  const at = Math.round(happening.at);
  switch (happening.kind) {
    case 'delivery':
      return {
        type: 'delivery',
        at,
        subscription: happening.subscriptionId,
        notificationId: happening.notificationId,
        topic: happening.topic,
        attempt: happening.attempt,
        duplicate: happening.isDuplicate,
        status: happening.status,
        error: happening.error?.code ?? null,
        durationMs: Math.round(happening.durationMs),
        lane: happening.lane,
        outcome: happening.fate.kind,
        reason: happening.fate.kind === 'dropped' ? happening.fate.reason : null,
      };
    case 'drop':
      return {
        type: 'event',
        event: 'dropped',
        at,
        subscription: happening.subscriptionId,
        notificationId: happening.notificationId,
        topic: happening.topic,
        reason: happening.reason,
      };
    case 'change':
      return { type: 'event', event: happening.change, at, subscription: happening.subscriptionId };
    case 'subscription':
      return {
        type: 'event',
        event: `subscription-${happening.action}`,
        at,
        subscription: happening.subscriptionId,
        via: happening.via,
        url: shown(happening.url),
        topics: [...happening.topics],
        signed: happening.isSigned,
      };
    case 'head':
      return {
        type: 'event',
        event: 'head',
        at,
        url: shown(happening.url),
        status: happening.status,
        error: happening.error?.code ?? null,
      };
    case 'api':
      return {
        type: 'event',
        event: 'api',
        at,
        method: shown(happening.method),
        path: shown(happening.path),
        status: happening.status,
      };
    default:
      return happening satisfies never;
  }
}

const CHANGES = {
  disabled: 'disabled: answered 410',
  paused: 'paused for 15 minutes: more than 1000 errors in a row',
  suspended: 'suspended: errors for more than 7 days',
  throttled: 'throttled: answered 429',
  'slow-lane': 'lower priority: an answer took more than 500 ms',
  'fast-lane': 'back in the fast lane',
  'set-live': 'set live again',
} as const;

/** The same as a line for people. */
export function happeningLine(happening: Happening, paint: Paint): string {
  const time = paint.dim(clockOf(happening.at));
  const line = (text: string): string => `${time}  ${text}`;
  switch (happening.kind) {
    case 'delivery':
      return line(deliveryText(happening, paint));
    case 'drop':
      return line(`${paint.red(paint.marks.fail)} dropped  ${happening.topic}  ${paint.dim(happening.reason)}`);
    case 'change':
      return line(paint.yellow(`${paint.marks.warn} ${CHANGES[happening.change]}`));
    case 'subscription':
      return line(`${paint.marks.arrow} subscription ${happening.action} (${happening.via}): ${shown(happening.url)}`);
    case 'head':
      return line(
        `${paint.marks.arrow} HEAD ${shown(happening.url)}  ${happening.status ?? shown(happening.error?.what ?? 'no answer')}`,
      );
    case 'api':
      return line(
        `${paint.marks.arrow} ${shown(happening.method)} ${shown(happening.path)}  ${happening.status ?? 'closed'}`,
      );
    default:
      return happening satisfies never;
  }
}

function deliveryText(happening: DeliveryHappening, paint: Paint): string {
  const { status, error, durationMs, topic, attempt, isDuplicate, fate } = happening;
  const isGood = fate.kind === 'delivered';
  const mark = isGood ? paint.green(paint.marks.pass) : paint.red(paint.marks.fail);
  const figures = `${String(status ?? '---').padEnd(3)}  ${String(Math.round(durationMs)).padStart(4)} ms`;
  const remarks = [
    ...(isDuplicate ? ['a duplicate'] : attempt > 1 ? [`attempt ${attempt}`] : []),
    ...(error ? [shown(error.what)] : []),
    ...(isGood ? [] : [outcome(fate)]),
  ];
  return `${mark} ${figures}  ${topic}${remarks.length > 0 ? `  ${paint.dim(remarks.join(', '))}` : ''}`;
}

function outcome(fate: Fate): string {
  switch (fate.kind) {
    case 'delivered':
      return 'delivered';
    case 'retry':
      return 'again in a minute';
    case 'lost':
      return 'lost';
    case 'throttled':
      return 'held back';
    case 'dropped':
      return `dropped (${fate.reason})`;
    default:
      return fate satisfies never;
  }
}

/** Intercom's time since the start: `00:14:03`, days before it where there are any. */
function clockOf(at: number): string {
  const seconds = Math.floor(at / 1000);
  const two = (value: number): string => String(value).padStart(2, '0');
  const days = Math.floor(seconds / 86_400);
  const time = `${two(Math.floor(seconds / 3600) % 24)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return days > 0 ? `${days}d ${time}` : time;
}
