/** GitHub refuses a step summary above 1 MiB as a whole, so a little less is written. */
const LONGEST_BYTES = 1_000_000;

/** A page that fits into a step summary: cut behind a line, with a word about it, where it is too long. */
export function fitStepSummary(page: string): string {
  const bytes = Buffer.from(page);
  if (bytes.length <= LONGEST_BYTES) return page;
  const cut = bytes.subarray(0, LONGEST_BYTES);
  const lines = cut.subarray(0, cut.lastIndexOf('\n') + 1).toString();
  return `${lines}\n\nThe rest did not fit in here: see the log of the step.\n`;
}
