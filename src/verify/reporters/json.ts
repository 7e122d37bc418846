import { jsonLine, reportBody } from '../report.ts';
import type { Reporter } from '../reporter.ts';

/** One object at the end, the same as `--json` prints. */
export const json: Reporter = {
  name: 'json',
  about: 'one JSON object, the same as --json',
  start: () => (event) =>
    event.type === 'finished' ? jsonLine('verify', event.report.ok, reportBody(event.report)) : '',
};
