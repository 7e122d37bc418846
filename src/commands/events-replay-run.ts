import { AppError, type ExitCode } from '../base/errors.ts';
import { plural } from '../base/text.ts';
import { reachOf } from '../intercom/webhook-url.ts';
import type { EventSummary, InboxStore } from '../receive/inbox.ts';
import { type Replayed, replayedJson, replaySummary, replayText } from '../receive/replay-report.ts';
import type { Context } from './context.ts';
import { instant, inboxThere } from './events-inbox.ts';
import { prepareTarget, type ReplayTargetInput, type Target } from './events-replay-target.ts';
import { selectionOf } from './events-selection.ts';
import { eventTable } from '../receive/event-table.ts';
import { summaryJson } from '../receive/event-view.ts';

export interface ReplayInput extends ReplayTargetInput {
  readonly args: readonly string[];
  readonly topic?: string;
  readonly state?: readonly string[];
  readonly since?: string;
  readonly until?: string;
  readonly text?: string;
  readonly limit?: number;
  readonly store?: string;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

/** More than this is not replayed without somebody saying so. */
const MANY = 100;
/** A target that did not answer so many in a row is left alone. */
const PATIENCE = 3;
const QUEUED_AT_ONCE = 500;

/** @throws AppError exit code 2 before anything is done; 3 where nothing at all was answered */
export async function runReplay(input: ReplayInput, context: Context): Promise<ExitCode> {
  const { output } = context;
  requireChoice(input);
  const target = await prepareTarget(input, context);
  const isQueue = target === undefined;
  const inbox = await inboxThere(input.store, context, isQueue && !input.dryRun ? 'change' : 'read');
  const events = inbox ? await choose(input, inbox, context) : [];
  const head = { target: target?.shown ?? 'queue', mode: target?.mode ?? null, dryRun: input.dryRun === true };
  if (input.dryRun || events.length === 0 || !inbox) {
    tellChosen(events, head, context);
    return 0;
  }
  await requireConsent(events.length, target, input.yes === true, context);
  if (isQueue) {
    const queued = await queue(events, inbox, context);
    const already = events.length - queued;
    const left = already === 0 ? '' : ` ${plural(already, 'event')} waited or ran already.`;
    output.result(
      'events-replay',
      true,
      { ...head, queued, summary: null, events: events.map((event) => summaryJson(event, instant)) },
      `${plural(queued, 'event')} queued.${left} A serve with --handler or --forward-to takes them.`,
    );
    return 0;
  }
  const results = await replay(events, target, inbox, context);
  const { ok, failed, unanswered } = replaySummary(results);
  if (ok + failed === 0 && unanswered > 0) throw noAnswer(results, target);
  output.result(
    'events-replay',
    ok === results.length,
    { ...head, queued: null, summary: replaySummary(results), events: results.map(replayedJson) },
    replayText(results, output.paint),
  );
  return ok === results.length ? 0 : failed > 0 ? 1 : 3;
}

function requireChoice({ args, topic, state, since, until, text, limit }: ReplayInput): void {
  const isFiltered = [topic, state, since, until, text].some((filter) => filter !== undefined);
  if (args.length > 0 && (isFiltered || limit !== undefined)) {
    throw new AppError('usage/conflict', {
      what: 'Ids and filters exclude each other',
      why: 'Ids name the events, and filters choose them.',
      hint: 'Leave one of them out.',
    });
  }
  if (args.length > 0 || isFiltered) return;
  throw new AppError('usage/missing-input', {
    what: 'Which events?',
    why: 'Neither an id nor a filter is given, and all of the inbox is hardly meant.',
    hint: 'propiq-intercom events replay --state dead --dry-run',
  });
}

/** @throws AppError `inbox/unknown-event` before anything is replayed */
async function choose(input: ReplayInput, inbox: InboxStore, { clock }: Context): Promise<readonly EventSummary[]> {
  if (input.args.length === 0) {
    const { limit } = input;
    const filter = { ...selectionOf(input, clock.now()), order: 'oldest-first', ...(limit && { limit }) } as const;
    const found: EventSummary[] = [];
    for await (const event of inbox.list(filter)) found.push(event);
    return found;
  }
  const named: EventSummary[] = [];
  for (const id of new Set(input.args)) {
    const event = await inbox.get(id);
    if (!event) {
      throw new AppError('inbox/unknown-event', {
        what: `There is no event "${id.slice(0, 80)}"`,
        why: 'Neither an event of the inbox nor a notification in it has this id. Nothing was replayed.',
        hint: 'propiq-intercom events list',
      });
    }
    const { headers: _headers, body: _body, ...summary } = event;
    named.push(summary);
  }
  return named;
}

function tellChosen(
  events: readonly EventSummary[],
  head: { readonly target: string; readonly mode: string | null; readonly dryRun: boolean },
  { output }: Context,
): void {
  const table = events.length === 0 ? '' : eventTable(events, output.columns, instant, output.paint.dim);
  output.result(
    'events-replay',
    true,
    { ...head, queued: null, summary: null, events: events.map((event) => summaryJson(event, instant)) },
    table,
  );
  if (!output.json) output.note(events.length === 0 ? 'No events.' : `Would replay ${plural(events.length, 'event')}.`);
}

/** @throws AppError `usage/needs-yes` */
async function requireConsent(
  count: number,
  target: Target | undefined,
  yes: boolean,
  { prompts }: Context,
): Promise<void> {
  const isElsewhere = target?.url !== undefined && reachOf(target.url) !== 'loopback';
  if (yes || (count <= MANY && !isElsewhere)) return;
  const what = `${plural(count, 'event')} ${isElsewhere ? `to ${target.url?.host}` : 'at once'}`;
  if (prompts.can && (await prompts.confirm(`Replay ${what}?`))) return;
  throw new AppError('usage/needs-yes', {
    what: `To replay ${what} needs your consent`,
    why: isElsewhere
      ? 'They hold personal data, and whoever gets them acts on them once more.'
      : `More than ${MANY} events are handled once more.`,
    hint: 'Look with --dry-run, and add --yes if it is meant.',
  });
}

async function queue(events: readonly EventSummary[], inbox: InboxStore, { signal }: Context): Promise<number> {
  let queued = 0;
  for (let at = 0; at < events.length; at += QUEUED_AT_ONCE) {
    signal.throwIfAborted();
    queued += await inbox.requeue(events.slice(at, at + QUEUED_AT_ONCE).map(({ id }) => id));
  }
  return queued;
}

async function replay(
  events: readonly EventSummary[],
  target: Target,
  inbox: InboxStore,
  { output, signal }: Context,
): Promise<readonly Replayed[]> {
  const progress = await output.progress(`Replaying ${plural(events.length, 'event')}`);
  const results: Replayed[] = [];
  let inVain = 0;
  try {
    for (const event of events) {
      signal.throwIfAborted();
      const stored = inVain >= PATIENCE ? undefined : await inbox.get(event.id);
      const result: Replayed = stored
        ? await target.replay(stored)
        : { event, outcome: 'not-sent', status: null, durationMs: null, error: inVain >= PATIENCE ? null : 'pruned' };
      inVain = result.outcome === 'unanswered' ? inVain + 1 : inVain >= PATIENCE ? inVain : 0;
      results.push(result);
      progress.update(`Replaying: ${results.length} of ${events.length}`);
    }
  } finally {
    progress.stop();
  }
  return results;
}

function noAnswer(results: readonly Replayed[], target: Target): AppError {
  const [first] = results;
  return new AppError('net/no-answer', {
    what: `${target.shown} did not answer`,
    why: `${first?.error ?? 'Nothing came back'}. None of the ${plural(results.length, 'event')} went through.`,
    hint: 'Look whether the receiver runs, and replay again: nothing was changed in the inbox.',
  });
}
