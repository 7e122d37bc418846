import { atMost } from '../base/at-most.ts';
import type { JsonObject } from '../base/json.ts';
import { plural, shellWord, wrap } from '../base/text.ts';
import { happeningJson, happeningLine } from '../deliver/sandbox/log-lines.ts';
import type { Happening } from '../deliver/sandbox/happenings.ts';
import { droppedIn, type Verdict, verdictJson } from '../deliver/sandbox/verdict.ts';
import { createJournal } from '../receive/journal.ts';
import type { Context } from './context.ts';

export interface Ready {
  readonly url: string;
  readonly envFile: string | null;
  readonly isSecretOwn: boolean;
  readonly version: string;
  readonly timeScale: number;
  readonly hasSubscriptions: boolean;
  readonly workspaceId: string;
}

export interface SandboxLog {
  ready(ready: Ready): Promise<void>;
  happened(happening: Happening): void;
  end(verdict: Verdict): Promise<void>;
}

/** Lines that may wait for a reader of standard output who is slow. */
const MAX_WAITING = 10_000;
const FLUSH_MS = 2000;

/** What happens goes to standard output, line by line, and never holds a delivery up. */
export function createSandboxLog({ output, clock }: Context): SandboxLog {
  const journal = createJournal<Happening>(
    (happening) => output.stream(happeningJson(happening), happeningLine(happening, output.paint)),
    MAX_WAITING,
  );
  const isSilent = output.quiet && !output.json;

  return {
    async ready(ready) {
      const { url, envFile, isSecretOwn, workspaceId, version, timeScale, hasSubscriptions } = ready;
      const record = { url, envFile, workspaceId, apiVersion: version, timeScale, legacyApi: hasSubscriptions };
      await output.stream({ type: 'ready', ...record }, `A stand-in for Intercom listens on ${url}`);
      for (const line of introduction(ready)) output.note(wrap(line, output.columns));
      if (envFile !== null)
        output.note(
          isSecretOwn
            ? `The access token stands in ${envFile} until the sandbox ends.`
            : `Token and secret, until it ends: propiq-intercom serve --env-file ${shellWord(envFile)}`,
        );
    },
    happened(happening) {
      if (!isSilent) journal.add(happening);
    },
    async end(verdict) {
      await atMost(FLUSH_MS, journal.flushed(), clock);
      if (journal.leftOut > 0)
        output.warn(`${plural(journal.leftOut, 'line')} not shown, because nobody read fast enough.`);
      const record: JsonObject & { type: string } = {
        type: 'summary',
        ...verdictJson(verdict),
        notShown: journal.leftOut,
      };
      await atMost(FLUSH_MS, output.stream(record, verdictText(verdict, output)), clock);
    },
  };
}

function introduction({ timeScale, hasSubscriptions }: Ready): readonly string[] {
  const scaled = `A minute of Intercom's passes in ${showSeconds(60 / timeScale)}; the 5 s and 500 ms for an answer stay what they are.`;
  return [
    'For trying and testing: it is not Intercom. Where Intercom documents nothing, it takes the stricter reading.',
    ...(timeScale === 1 ? [] : [scaled]),
    ...(hasSubscriptions ? [] : ['The archived /subscriptions API is off, as in the API versions of today.']),
  ];
}

function showSeconds(seconds: number): string {
  return seconds >= 1 ? `${Math.round(seconds * 10) / 10} s` : `${Math.round(seconds * 10_000) / 10} ms`;
}

function verdictText({ isGood, tally, minutes, findings }: Verdict, { paint, columns }: Context['output']): string {
  const { created, delivered, lost, pending, attempts, retries, duplicates, slow } = tally;
  const figures =
    created === 0
      ? ['No notification was due: nothing happened, or nobody is subscribed.']
      : [
          `${plural(created, 'notification')}: ${delivered} delivered, ${lost} lost, ${droppedIn(tally)} dropped, ${pending} pending`,
          `${plural(attempts, 'request')}: ${retries} again after an error, ${duplicates} as a duplicate, ${slow} answered slower than 500 ms`,
        ];
  const mark = isGood ? paint.green(paint.marks.pass) : paint.red(paint.marks.fail);
  const told = findings.map(
    (finding, at) => `${at === 0 ? mark : ' '} ${wrap(finding, columns - 2).replaceAll('\n', '\n  ')}`,
  );
  return [
    '',
    paint.bold(`After ${spanOf(minutes)} of Intercom's time`),
    ...told,
    ...figures.map((line) => wrap(line, columns, '  ')),
  ].join('\n');
}

function spanOf(minutes: number): string {
  if (minutes < 180) return plural(minutes, 'minute');
  return minutes < 2880 ? plural(Math.floor(minutes / 60), 'hour') : plural(Math.floor(minutes / 1440), 'day');
}
