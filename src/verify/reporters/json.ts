import { reportBody } from '../report.ts';
import type { Reporter } from '../reporter.ts';

/** One object at the end, the same as `--json` prints. */
export const json: Reporter = {
  name: 'json',
  about: 'one JSON object, the same as --json',
  start: () => (event) =>
    event.type === 'finished'
      ? `${JSON.stringify({ schema: 'propiq-intercom/verify@1', ok: event.report.ok, ...reportBody(event.report), error: null })}\n`
      : '',
};
