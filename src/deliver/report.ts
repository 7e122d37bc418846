import type { ErrorParts } from '../base/errors.ts';
import type { JsonObject } from '../base/json.ts';
import type { Paint } from '../base/paint.ts';
import { plural, wrap } from '../base/text.ts';
import { answerText } from './answer-text.ts';
import { acceptedSha256, type DeliveryResult, type Verdict } from './send-test.ts';

export interface ReportStyle {
  readonly paint: Paint;
  readonly columns: number;
}

const WORDS: Readonly<Record<Verdict, string>> = {
  'as-expected': 'ok',
  unexpected: 'failed',
  unanswered: 'no answer',
  'not-sent': 'not sent',
};
const NO_TOPIC = '(no notification)';

/** One line for each delivery, the answers that were not expected, and once for each kind what it means. */
export function reportText(results: readonly DeliveryResult[], style: ReportStyle): string {
  const width = Math.max(...results.map(({ delivery }) => (delivery.topic ?? NO_TOPIC).length));
  const lines = results.flatMap((result) => [deliveryLine(result, width, style), ...answerLines(result, style)]);
  return [...lines, ...meanings(results, style), ...notes(results, style), ...total(results, style)].join('\n');
}

function deliveryLine(result: DeliveryResult, width: number, { paint }: ReportStyle): string {
  const { delivery, verdict, attempts } = result;
  const last = attempts.at(-1)?.exchange;
  const colour = { 'as-expected': paint.green, unexpected: paint.red, unanswered: paint.yellow, 'not-sent': paint.dim };
  const mark = {
    'as-expected': paint.marks.pass,
    unexpected: paint.marks.fail,
    unanswered: paint.marks.error,
    'not-sent': paint.marks.skip,
  };
  const head = colour[verdict](`${mark[verdict]} ${WORDS[verdict].padEnd(9)}`);
  const topic = (delivery.topic ?? NO_TOPIC).padEnd(last ? width : 0);
  const figures = last ? `  ${last.status}  ${Math.round(last.durationMs)} ms` : '';
  return `${head} ${topic}${figures}${remark(result, paint)}`;
}

function remark({ verdict, attempts }: DeliveryResult, paint: Paint): string {
  const last = attempts.at(-1)?.exchange;
  if (attempts.length === 2) return `  ${paint.dim('sha1: 401, then sha256')}`;
  return verdict === 'as-expected' && last && last.status >= 400 ? `  ${paint.dim('refused, as expected')}` : '';
}

function answerLines({ verdict, attempts }: DeliveryResult, { columns }: ReportStyle): readonly string[] {
  const last = attempts.at(-1)?.exchange;
  return verdict === 'unexpected' && last ? [wrap(`answer: ${answerText(last)}`, columns, '    ')] : [];
}

/** Equal ones once, with the topics that they are about where there are several kinds. */
export function meanings(results: readonly DeliveryResult[], { paint, columns }: ReportStyle): readonly string[] {
  const kinds = new Map<string, ErrorParts>();
  for (const { meaning, error } of results) {
    const parts = meaning ?? error;
    if (parts) kinds.set(`${parts.what}\n${parts.why}\n${parts.hint}`, parts);
  }
  return [...kinds.values()].flatMap(({ what, why, hint }) => [
    '',
    paint.bold(wrap(what, columns)),
    wrap(why, columns, '  '),
    `  ${paint.marks.arrow} ${hint}`,
  ]);
}

export function notes(results: readonly DeliveryResult[], { paint, columns }: ReportStyle): readonly string[] {
  const told: string[] = [];
  if (results.some(acceptedSha256)) told.push(SHA256_NOTE);
  for (const [name, current] of new Map(
    results.flatMap(({ delivery: { topic, currentName } }) =>
      topic !== null && currentName !== null ? [[topic, currentName] as const] : [],
    ),
  ))
    told.push(`${name} is an old name: current API versions call it ${current}.`);
  const marked = told.flatMap((note) => ['', wrap(`${paint.marks.warn} ${note}`, columns)]);
  const composed = new Set(results.flatMap(({ delivery }) => (delivery.origin === 'composed' ? [delivery.topic] : [])));
  return composed.size === 0 ? marked : [...marked, '', paint.dim(wrap(composedNote([...composed]), columns))];
}

function composedNote(topics: readonly (string | null)[]): string {
  return topics.length > 3
    ? `${topics.length} of the samples are composed, never captured: propiq-intercom topics show <topic> says from what.`
    : `Composed from known shapes, never captured: ${topics.join(', ')}.`;
}

/** Source: developers.intercom.com, webhook-models, "Signed notifications". */
const SHA256_NOTE =
  'The receiver accepts sha256 and refuses sha1. Intercom documents sha1 (HMAC-SHA1, "sha1=…"): by that, every real delivery will be refused. Let the receiver accept sha1 as well.';

function total(results: readonly DeliveryResult[], { paint }: ReportStyle): readonly string[] {
  if (results.length === 1) return [];
  const counts = countVerdicts(results);
  const words = [
    `${counts['as-expected']} as expected`,
    ...(counts.unexpected > 0 ? [`${counts.unexpected} not`] : []),
    ...(counts.unanswered > 0 ? [`${counts.unanswered} without an answer`] : []),
    ...(counts['not-sent'] > 0 ? [`${counts['not-sent']} not sent`] : []),
  ];
  return ['', `${paint.bold(plural(results.length, 'notification'))}: ${words.join(', ')}`];
}

export function countVerdicts(results: readonly DeliveryResult[]): Record<Verdict, number> {
  const counts = { 'as-expected': 0, unexpected: 0, unanswered: 0, 'not-sent': 0 };
  for (const { verdict } of results) counts[verdict] += 1;
  return counts;
}

/** A result as JSON; remote text in it is clean and short. */
export function resultJson(result: DeliveryResult): JsonObject {
  const { delivery, verdict, attempts, meaning, error } = result;
  const last = attempts.at(-1);
  return {
    topic: delivery.topic,
    currentName: delivery.currentName,
    notificationId: delivery.notificationId,
    origin: delivery.origin,
    basis: delivery.basis,
    bytes: delivery.body.length,
    verdict,
    status: last?.exchange.status ?? null,
    algorithm: last?.algorithm ?? null,
    durationMs: last ? Math.round(last.exchange.durationMs) : null,
    attempts: attempts.map(({ algorithm, exchange }) => ({
      algorithm,
      status: exchange.status,
      durationMs: Math.round(exchange.durationMs),
    })),
    answer: last
      ? { text: answerText(last.exchange), bytes: last.exchange.body.length, end: last.exchange.bodyEnd }
      : null,
    meaning: meaning ? { message: `${meaning.what}. ${meaning.why}`, hint: meaning.hint } : null,
    error: error ? { code: error.code, message: error.message, hint: error.hint } : null,
  };
}
