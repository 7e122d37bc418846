import type { JsonObject } from '../base/json.ts';
import { plural, wrap } from '../base/text.ts';
import { FAST_LANE_MS } from '../intercom/limits.ts';
import type { LoadOutcome, LoadPlan } from './load.ts';
import { meanings, notes, type ReportStyle } from './report.ts';

/** What a timer and a busy moment may cost; beyond it the rate was not what was asked for. */
const LATE_MS = 250;

/** The figures of a load run, and once for each kind of unexpected answer what it means. */
export function loadText(outcome: LoadOutcome, plan: LoadPlan, style: ReportStyle): string {
  const { paint, columns } = style;
  const { verdicts, latencies, byStatus, byError, slow, examples } = outcome;
  const answered = sum(byStatus);
  const rows: (readonly [string, string])[] = [['answers', counts(byStatus) || 'none']];
  if (sum(byError) > 0) rows.push(['no answer', counts(byError)]);
  if (latencies !== undefined) {
    const { p50, p95, p99, max } = latencies;
    rows.push(['latency', `p50 ${ms(p50)}, p95 ${ms(p95)}, p99 ${ms(p99)}, max ${ms(max)}`]);
  }
  rows.push(['rate', rateText(outcome, plan)]);
  const remarks: string[] = [];
  if (outcome.mostLateMs > LATE_MS)
    remarks.push(
      `The rate was not held: one left ${ms(outcome.mostLateMs)} late, because ${plural(plan.concurrency, 'answer')} had to be waited for, or this computer is too busy. Latencies count from when each should have left; --concurrency allows more at once.`,
    );
  if (slow > 0)
    remarks.push(
      `${plural(slow, 'answer')} took longer than ${FAST_LANE_MS} ms, the most with which Intercom keeps a receiver in its fast lane.`,
    );
  const isFine = verdicts.unexpected === 0 && answered === plan.count;
  const mark = isFine ? paint.green(paint.marks.pass) : paint.red(paint.marks.fail);
  return [
    `${mark} ${paint.bold(plural(plan.count, 'notification'))}: ${verdictWords(outcome)}`,
    ...rows.map(([name, words]) => `  ${name.padEnd(10)} ${words}`),
    ...remarks.flatMap((remark) => ['', wrap(`${paint.marks.warn} ${remark}`, columns)]),
    ...meanings(examples, style),
    ...notes(examples, style),
  ].join('\n');
}

/** The same for `--json`; latencies in ms with a tenth, null where nothing was answered. */
export function loadJson(outcome: LoadOutcome, plan: LoadPlan): JsonObject {
  const { byStatus, byError, latencies, slow, elapsedMs, isInterrupted } = outcome;
  return {
    count: plan.count,
    concurrency: plan.concurrency,
    rate: plan.perSecond ?? null,
    elapsedMs: Math.round(elapsedMs),
    achievedRate: round(achieved(outcome, plan.perSecond)),
    latencyMs:
      (latencies && {
        p50: round(latencies.p50),
        p95: round(latencies.p95),
        p99: round(latencies.p99),
        max: round(latencies.max),
      }) ||
      null,
    measuredFrom: plan.perSecond === undefined ? 'sent' : 'scheduled',
    slow,
    byStatus: { ...byStatus },
    byError: { ...byError },
    interrupted: isInterrupted,
  };
}

/** `[########------------]  40 %  8000 of 20000` */
export function progressBar(done: number, count: number): string {
  const width = 20;
  const filled = Math.floor((done / count) * width);
  const percent = String(Math.floor((done / count) * 100)).padStart(3);
  return `[${'#'.repeat(filled)}${'-'.repeat(width - filled)}] ${percent} %  ${done} of ${count}`;
}

function verdictWords({ verdicts, isInterrupted }: LoadOutcome): string {
  return [
    `${verdicts['as-expected']} as expected`,
    ...(verdicts.unexpected > 0 ? [`${verdicts.unexpected} not`] : []),
    ...(verdicts.unanswered > 0 ? [`${verdicts.unanswered} without an answer`] : []),
    ...(verdicts['not-sent'] > 0 ? [`${verdicts['not-sent']} not sent, as too many in a row had no answer`] : []),
    ...(isInterrupted ? ['then interrupted'] : []),
  ].join(', ');
}

function rateText(outcome: LoadOutcome, { perSecond, concurrency }: LoadPlan): string {
  const rate = achieved(outcome, perSecond);
  const reached = `${rate.toFixed(rate < 10 ? 1 : 0)}/s for ${(outcome.elapsedMs / 1000).toFixed(1)} s`;
  return perSecond === undefined
    ? `${reached}, ${concurrency} at a time`
    : `${reached}, asked for were ${perSecond}/s, up to ${concurrency} at a time`;
}

/** A second, the first left out, as the schedule starts after it: answers, or with a rate what was sent. */
function achieved({ verdicts, byStatus, elapsedMs, sendingMs }: LoadOutcome, perSecond: number | undefined): number {
  const answered = sum(byStatus) - 1;
  const intervals = answered + verdicts.unanswered - 1;
  const [count, spanMs] = perSecond === undefined ? [answered, elapsedMs] : [intervals, sendingMs];
  return count <= 0 || spanMs === 0 ? 0 : (count / spanMs) * 1000;
}

function counts(by: Readonly<Record<string, number>>): string {
  return Object.entries(by)
    .map(([name, count]) => `${name}: ${count}`)
    .join(', ');
}

function sum(by: Readonly<Record<string, number>>): number {
  return Object.values(by).reduce((total, count) => total + count, 0);
}

function ms(value: number): string {
  return value < 100 ? `${value.toFixed(1)} ms` : `${value.toFixed(0)} ms`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
