/** One number, with its labels. */
interface Sample {
  /** `_bucket`, `_sum`, `_count` of a histogram. */
  readonly suffix?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A metric with all its samples. */
export interface Family {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly samples: readonly Sample[];
}

/** `Content-Type` of the text format. Source: prometheus.io, docs/instrumenting/exposition_formats. */
export const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** Metrics in Prometheus's text format 0.0.4; families without a sample are left out. */
export function metricsText(families: readonly Family[]): string {
  return families
    .filter(({ samples }) => samples.length > 0)
    .map(({ name, help, type, samples }) => {
      const lines = samples.map(({ suffix = '', labels, value }) => `${name}${suffix}${labelText(labels)} ${value}\n`);
      return `# HELP ${name} ${help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}\n# TYPE ${name} ${type}\n${lines.join('')}`;
    })
    .join('');
}

function labelText(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(
    ([name, value]) => `${name}="${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`,
  );
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

export interface Counter {
  /** @param values of the labels, in their order; from a set that is bounded */
  add(...values: readonly string[]): void;
  family(): Family;
}

export function createCounterFamily(name: string, help: string, labelNames: readonly string[]): Counter {
  const samples = new Map<string, { labels: Record<string, string>; value: number }>();
  return {
    add(...values) {
      const key = values.join('\n');
      const sample = samples.get(key);
      if (sample) sample.value += 1;
      else
        samples.set(key, {
          labels: Object.fromEntries(labelNames.map((label, at) => [label, values[at] ?? ''])),
          value: 1,
        });
    },
    family: () => ({ name, help, type: 'counter', samples: [...samples.values()] }),
  };
}

export interface Histogram {
  observe(value: number): void;
  family(): Family;
}

/** @param bounds upper ones of the buckets, ascending */
export function createHistogram(name: string, help: string, bounds: readonly number[]): Histogram {
  const counts = bounds.map(() => 0);
  let total = 0;
  let sum = 0;
  return {
    observe(value) {
      total += 1;
      sum += value;
      const at = bounds.findIndex((bound) => value <= bound);
      if (at !== -1) counts[at] = (counts[at] ?? 0) + 1;
    },
    family() {
      let below = 0;
      const buckets = bounds.map((bound, at): Sample => {
        below += counts[at] ?? 0;
        return { suffix: '_bucket', labels: { le: String(bound) }, value: below };
      });
      const samples: Sample[] = [
        ...buckets,
        { suffix: '_bucket', labels: { le: '+Inf' }, value: total },
        { suffix: '_sum', labels: {}, value: sum },
        { suffix: '_count', labels: {}, value: total },
      ];
      return { name, help, type: 'histogram', samples };
    },
  };
}

export function gauge(name: string, help: string, value: number | undefined): Family {
  return { name, help, type: 'gauge', samples: value === undefined ? [] : [{ labels: {}, value }] };
}
