/** A line of the table. */
export interface Row {
  readonly what: string;
  /** Of the rounds: median and range, with the unit. */
  readonly measured: string;
  /** The ratio or the value that the goal is about. */
  readonly result: string;
  readonly goal: string;
  readonly verdict: 'met' | 'missed' | 'missing' | '';
}

/** Benchmarks run in processes of their own, and hand their rows over on standard output. */
export function report(rows: readonly Row[]): void {
  for (const row of rows) process.stdout.write(`${JSON.stringify(row)}\n`);
}

/** What is going on, for whoever waits. */
export function tell(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** A contestant that is not there is named, and never left out in silence. */
export function missing(what: string, why: string): Row {
  return { what, measured: why, result: '', goal: '', verdict: 'missing' };
}

export function table(rows: readonly Row[]): string {
  const head = ['what', 'median (range)', 'result', 'goal', ''];
  const cells = rows.map(({ what, measured, result, goal, verdict }) => [what, measured, result, goal, verdict]);
  return [head, head.map(() => '---'), ...cells].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.round((sorted.length - 1) * share)] ?? Number.NaN;
}

/** `8200 (7900–8400) /s` */
export function spread(values: readonly number[], unit: string, digits = 0): string {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return `${median(values).toFixed(digits)} (${low.toFixed(digits)}–${high.toFixed(digits)}) ${unit}`;
}

/** The ratios of one round each: what disturbs the machine disturbs both. */
export function ratioRow(
  what: string,
  measured: string,
  own: readonly number[],
  base: readonly number[],
  goal: { readonly against: string; readonly least?: number; readonly most?: number },
): Row {
  const ratios = own.map((value, at) => value / (base[at] ?? Number.NaN));
  const ratio = median(ratios);
  const { against, least = 0, most = Infinity } = goal;
  const text = goal.least === undefined ? `≤ ${most} × ${against}` : `≥ ${least} × ${against}`;
  return {
    what,
    measured,
    result: spread(ratios, '×', 2),
    goal: text,
    verdict: ratio >= least && ratio <= most ? 'met' : 'missed',
  };
}
