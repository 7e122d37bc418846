import { plural } from '../base/text.ts';
import type { DeliveryHappening, Happening } from '../deliver/sandbox/happenings.ts';
import { report, type StepReport } from '../setup/step.ts';
import type { WantedTopic } from '../setup/topic-answer.ts';

/** Whether each notification came, signed, and is in the inbox. */
export function deliveriesReport(
  topics: readonly WantedTopic[],
  happenings: readonly Happening[],
  stored: number,
): StepReport {
  const all = happenings.filter((happening): happening is DeliveryHappening => happening.kind === 'delivery');
  const own = all.filter(({ topic }) => topic !== 'ping');
  const taken = own.filter(({ status }) => status === 200);
  const slowest = Math.max(0, ...taken.map(({ durationMs }) => Math.ceil(durationMs)));
  const told = `${taken.length} of ${topics.length} arrived signed, ${stored} stored`;
  if (taken.length !== topics.length || stored !== topics.length) return { ...report('failed', told), exitCode: 1 };
  return report('done', `${plural(taken.length, 'notification')}, signed: all stored, answered within ${slowest} ms`);
}
