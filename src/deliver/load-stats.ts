import { FAST_LANE_MS } from '../intercom/limits.ts';
import type { DeliveryResult, Verdict } from './send-test.ts';

/** Latencies of a run, in ms. */
export interface Latencies {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

/** What a load run found. */
export interface LoadStats {
  readonly verdicts: Readonly<Record<Verdict, number>>;
  /** Answers by status, `{"200": 1998}`. */
  readonly byStatus: Readonly<Record<string, number>>;
  /** What had no answer, by the error's code, `{"net/timeout": 2}`. */
  readonly byError: Readonly<Record<string, number>>;
  /** Undefined where nothing was answered. */
  readonly latencies: Latencies | undefined;
  /** Answers that came later than Intercom's fast lane allows. */
  readonly slow: number;
  /** The first result of each kind: topic, verdict, status or error. */
  readonly examples: readonly DeliveryResult[];
}

export interface LoadRecord {
  add(result: DeliveryResult, latencyMs: number): void;
  read(): LoadStats;
}

/** Kinds are few; a receiver that answers with a new status each time must not fill the memory. */
const MOST_EXAMPLES = 20;

/** Counts results. Its size depends on `count` alone: four bytes for each, and everything else is bounded. */
export function createLoadRecord(count: number): LoadRecord {
  const latencies = new Float32Array(count);
  let answered = 0;
  let slow = 0;
  const verdicts = { 'as-expected': 0, unexpected: 0, unanswered: 0, 'not-sent': 0 };
  const byStatus: Record<string, number> = {};
  const byError: Record<string, number> = {};
  const examples = new Map<string, DeliveryResult>();

  return {
    add(result, latencyMs) {
      verdicts[result.verdict] += 1;
      const status = result.attempts.at(-1)?.exchange.status;
      if (result.error) {
        byError[result.error.code] = (byError[result.error.code] ?? 0) + 1;
      } else if (status !== undefined) {
        byStatus[status] = (byStatus[status] ?? 0) + 1;
        latencies[answered] = latencyMs;
        answered += 1;
        if (latencyMs > FAST_LANE_MS) slow += 1;
      }
      if (examples.size >= MOST_EXAMPLES) return;
      const kind = `${result.verdict} ${status ?? result.error?.code} ${result.delivery.topic}`;
      if (!examples.has(kind)) examples.set(kind, result);
    },
    read: () => ({
      verdicts: { ...verdicts },
      byStatus: { ...byStatus },
      byError: { ...byError },
      latencies: percentiles(latencies.slice(0, answered).sort()),
      slow,
      examples: [...examples.values()],
    }),
  };
}

/** By nearest rank: each is a latency that was seen. @param sorted ascending */
export function percentiles(sorted: Float32Array): Latencies | undefined {
  const at = (share: number): number => sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
  return sorted.length === 0 ? undefined : { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) };
}
