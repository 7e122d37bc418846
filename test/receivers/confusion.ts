/** What the bank expects of a receiver, and what `verify` found. */
export interface Judged {
  readonly name: string;
  readonly isCorrect: boolean;
  /** Ids of checks that warn or fail, and of causes. */
  readonly expected: Findings;
  readonly found: Findings;
}

export interface Findings {
  readonly checks: readonly string[];
  readonly causes: readonly string[];
}

/** Rows of expected cause and found cause, and the counts that matter: false alarms, faults missed, faults misnamed. */
export function confusionTable(all: readonly Judged[]): string {
  const correct = all.filter(({ isCorrect }) => isCorrect);
  const broken = all.filter(({ isCorrect }) => !isCorrect);
  const extra = (given: readonly string[], wanted: readonly string[]): number =>
    given.filter((id) => !wanted.includes(id)).length;
  const sum = (list: readonly Judged[], count: (one: Judged) => number): number =>
    list.reduce((total, one) => total + count(one), 0);
  const rows = new Map<string, number>();
  for (const { expected, found } of broken) {
    const row = `${words(expected.causes)}\t${words(found.causes)}`;
    rows.set(row, (rows.get(row) ?? 0) + 1);
  }
  const width = Math.max(...[...rows.keys()].map((row) => row.indexOf('\t')), 'expected cause'.length);
  const line = (expected: string, found: string, count: string): string =>
    `  ${count.padStart(5)}  ${expected.padEnd(width)}  ${found}`;
  return [
    line('expected cause', 'found', 'times'),
    ...[...rows]
      .sort(([one], [other]) => one.localeCompare(other))
      .map(([row, count]) => {
        const [expected = '', found = ''] = row.split('\t');
        return line(expected, found === expected ? 'the same' : found, String(count));
      }),
    `${correct.length} correct receivers: ${sum(correct, ({ found, expected }) => extra(found.checks, expected.checks) + found.causes.length)} false alarms`,
    `${broken.length} broken receivers: ${sum(broken, ({ found, expected }) => extra(expected.checks, found.checks))} findings missed, ${sum(broken, ({ found, expected }) => extra(found.checks, expected.checks))} too many; ${sum(broken, ({ found, expected }) => extra(found.causes, expected.causes))} causes misnamed, ${sum(broken, ({ found, expected }) => extra(expected.causes, found.causes))} missed`,
  ].join('\n');
}

const words = (causes: readonly string[]): string => (causes.length === 0 ? '(none)' : causes.join(' + '));
