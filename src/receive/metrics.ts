import { TOPICS } from '../intercom/topics.ts';
import type { DispatchOutcome } from './dispatch.ts';
import { EVENT_STATES, type InboxStats } from './inbox.ts';
import type { Observer } from './observer.ts';
import { createCounterFamily, createHistogram, type Family, gauge } from './prometheus.ts';

/** What is looked up when somebody asks; undefined where it cannot be known at the moment. */
export interface Gauges {
  readonly isReady: boolean;
  readonly openConnections: number;
  readonly turnedAway: number;
  /** Undefined where the inbox does not answer. */
  readonly inbox: InboxStats | undefined;
  readonly residentBytes: number;
  readonly cpuSeconds: number;
  /** Ms since 1970. */
  readonly startedAt: number;
  readonly version: string;
}

export interface Metrics extends Observer {
  /** What became of an event in the hands of a handler, or of one that was forwarded. */
  handled(by: 'handler' | 'forward', outcome: DispatchOutcome, durationMs: number): void;
  families(gauges: Gauges, now: number): readonly Family[];
}

const PREFIX = 'propiq_intercom_';
/** Around Intercom's limits: its fast lane ends at 0.5 s, and it gives up after 5 s. */
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const;
const KNOWN_TOPICS: ReadonlySet<string> = new Set(TOPICS.map(({ name }) => name));

/** Counts what a receiver does. No label holds anything that a sender can choose: an unknown topic is `other`. */
export function createMetrics(): Metrics {
  const answers = createCounterFamily(`${PREFIX}answers_total`, 'Requests answered, by status.', ['status']);
  const latency = createHistogram(
    `${PREFIX}answer_seconds`,
    'From the last byte of a request to its answer, for requests whose body was read.',
    SECONDS,
  );
  const notifications = createCounterFamily(
    `${PREFIX}notifications_total`,
    'Notifications acknowledged: stored, or in the inbox already.',
    ['topic', 'outcome'],
  );
  const verified = createCounterFamily(
    `${PREFIX}verified_total`,
    'Right signatures, by the secret that matched. When nothing is verified by the previous one any more, it can go.',
    ['secret', 'algorithm'],
  );
  const refusals = createCounterFamily(`${PREFIX}refusals_total`, 'Requests refused, by reason.', ['reason']);
  const bugs = createCounterFamily(`${PREFIX}bugs_total`, 'Requests answered with 500: bugs.', []);
  const outcomes = createCounterFamily(`${PREFIX}handled_total`, 'Attempts to handle an event, by what became of it.', [
    'by',
    'outcome',
  ]);
  const handlings = createHistogram(
    `${PREFIX}handling_seconds`,
    'How long an attempt to handle an event took.',
    SECONDS,
  );

  return {
    answered({ status, happening }, durationMs) {
      answers.add(String(status));
      if (durationMs > 0 && happening.kind !== 'answered') latency.observe(durationMs / 1000); // health is no traffic
      if (happening.kind === 'refused') refusals.add(happening.reason);
      if (happening.kind !== 'stored') return;
      const { topic } = happening.notification;
      notifications.add(
        KNOWN_TOPICS.has(topic) ? topic : 'other',
        happening.outcome === 'added' ? 'stored' : 'duplicate',
      );
      verified.add(happening.secret, happening.algorithm);
    },
    failed() {
      answers.add('500');
      bugs.add();
    },
    handled(by, outcome, durationMs) {
      outcomes.add(by, outcome);
      handlings.observe(durationMs / 1000);
    },
    families: (gauges, now) => [
      ...[answers, latency, notifications, verified, refusals, bugs, outcomes, handlings].map((each) => each.family()),
      ...gaugeFamilies(gauges, now),
    ],
  };
}

function gaugeFamilies(gauges: Gauges, now: number): readonly Family[] {
  const { inbox, turnedAway, cpuSeconds, version } = gauges;
  const age = inbox && (inbox.oldestOpenAt === null ? 0 : Math.max(0, (now - inbox.oldestOpenAt) / 1000));
  const counter = (name: string, help: string, value: number): Family => ({
    name,
    help,
    type: 'counter',
    samples: [{ labels: {}, value }],
  });
  return [
    gauge(`${PREFIX}ready`, '1 while notifications can be taken.', gauges.isReady ? 1 : 0),
    gauge(`${PREFIX}inbox_up`, '1 while the inbox answers.', inbox === undefined ? 0 : 1),
    {
      name: `${PREFIX}inbox_events`,
      help: 'Events in the inbox, by state: received and failed ones wait to be handled, dead ones were given up.',
      type: 'gauge',
      samples: inbox ? EVENT_STATES.map((state) => ({ labels: { state }, value: inbox.events[state] })) : [],
    },
    gauge(`${PREFIX}oldest_unhandled_seconds`, 'Age of the oldest event that waits; 0 where none does.', age),
    gauge(`${PREFIX}inbox_bytes`, 'Room that the inbox takes.', inbox?.sizeBytes ?? undefined),
    gauge(`${PREFIX}open_connections`, 'Connections that are open.', gauges.openConnections),
    counter(`${PREFIX}connections_turned_away_total`, 'Connections closed at once, as there was no room.', turnedAway),
    {
      name: `${PREFIX}build_info`,
      help: 'The version that runs.',
      type: 'gauge',
      samples: [{ labels: { version }, value: 1 }],
    },
    gauge('process_resident_memory_bytes', 'Resident memory size in bytes.', gauges.residentBytes),
    counter('process_cpu_seconds_total', 'User and system CPU time in seconds.', cpuSeconds),
    gauge('process_start_time_seconds', 'When the process started, in seconds since 1970.', gauges.startedAt / 1000),
  ];
}
