import type { JsonObject } from '../base/json.ts';
import type { Paint } from '../base/paint.ts';
import { wrap } from '../base/text.ts';
import type { WalkStep } from './hub-walk.ts';
import type { StepReport, StepStatus } from './step.ts';

export interface LineStyle {
  readonly paint: Paint;
  readonly columns: number;
}

const TITLE_WIDTH = 14;
/** Below this width titles and messages stand on lines of their own. */
const WIDE = 60;

/** Mark, title and what there is to say, and below it what to do. A command is never wrapped, so that it can be copied. */
export function stepLines(
  title: string,
  { status, message, remedy }: StepReport,
  { paint, columns }: LineStyle,
): string {
  const mark = colourOf(status, paint)(markOf(status, paint));
  const isWide = columns >= WIDE;
  const indent = ' '.repeat(isWide ? TITLE_WIDTH + 4 : 4);
  const told = wrap(message, Math.min(columns, 100), indent);
  const head = isWide
    ? `  ${mark} ${paint.bold(title.padEnd(TITLE_WIDTH))}${told.trimStart()}`
    : `  ${mark} ${paint.bold(title)}\n${told}`;
  if (remedy === undefined || status === 'done' || status === 'skipped') return head;
  const { arrow } = paint.marks;
  const isCommand = remedy.startsWith('propiq-intercom ');
  const todo = isCommand
    ? `${indent}${arrow} ${remedy}`
    : `${indent}${arrow} ${wrap(remedy, Math.min(columns, 100), `${indent}  `).trimStart()}`;
  return `${head}\n${todo}`;
}

function markOf(status: StepStatus, { marks }: Paint): string {
  if (status === 'done' || status === 'changed' || status === 'confirmed') return marks.pass;
  if (status === 'failed') return marks.fail;
  if (status === 'skipped') return marks.skip;
  if (status === 'unknown') return marks.error;
  return status === 'to do' ? '*' : marks.warn;
}

function colourOf(status: StepStatus, paint: Paint): (text: string) => string {
  if (status === 'done' || status === 'changed' || status === 'confirmed') return paint.green;
  if (status === 'failed') return paint.red;
  if (status === 'skipped') return paint.dim;
  return status === 'to do' ? paint.cyan : paint.yellow;
}

/** As `steps` of the JSON has it. */
export function stepJson(
  id: string,
  title: string,
  { status, message, remedy, findings = [] }: StepReport,
): JsonObject {
  return {
    id,
    title,
    status,
    message,
    remedy: remedy ?? null,
    findings: findings.map((finding) => ({
      id: finding.id,
      status: finding.status,
      message: finding.message,
      remedy: finding.remedy,
    })),
  };
}

export function walkJson({ title, lines, values }: WalkStep): JsonObject {
  return { title, lines: [...lines], values: [...values] };
}
