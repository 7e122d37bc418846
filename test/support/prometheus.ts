import { expect } from 'vitest';

export interface Scraped {
  /** `name{a="b",c="d"}` → value; labels as they stand. */
  readonly samples: ReadonlyMap<string, number>;
  readonly types: ReadonlyMap<string, string>;
  readonly text: string;
}

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const SAMPLE =
  /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{((?:[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*",?)*)\})? (-?(?:\d+(?:\.\d+)?(?:e[+-]?\d+)?|Inf)|NaN)$/;

/**
 * Prometheus's text format 0.0.4, read strictly: HELP and TYPE once and before the samples of their metric, which stand
 * together; no sample twice; histograms cumulative, with +Inf equal to the count.
 */
export function scrape(text: string): Scraped {
  expect(text.endsWith('\n')).toBe(true);
  const samples = new Map<string, number>();
  const types = new Map<string, string>();
  const helps = new Set<string>();
  const closed = new Set<string>();
  let family = '';
  for (const line of text.slice(0, -1).split('\n')) {
    const [, kind, name = '', rest = ''] = /^# (HELP|TYPE) (\S+) (.+)$/.exec(line) ?? [];
    if (kind !== undefined) {
      expect(name).toMatch(NAME);
      if (kind === 'HELP') {
        expect(helps.has(name), line).toBe(false);
        helps.add(name);
        if (family !== '') closed.add(family);
        family = name;
        expect(rest.replaceAll(/\\[\\n]/g, '')).not.toContain('\\');
      } else {
        expect([family, types.has(name)], line).toEqual([name, false]);
        expect(['counter', 'gauge', 'histogram']).toContain(rest);
        types.set(name, rest);
      }
      continue;
    }
    const match = SAMPLE.exec(line);
    expect(match, `not a sample: ${line}`).not.toBeNull();
    const [, sampleName = '', labels = '', value = ''] = match ?? [];
    const base = types.get(family) === 'histogram' ? sampleName.replace(/_(?:bucket|sum|count)$/, '') : sampleName;
    expect([base, closed.has(base)], line).toEqual([family, false]);
    if (types.get(family) === 'counter') expect(sampleName).toMatch(/_total$/);
    const key = labels === '' ? sampleName : `${sampleName}{${labels}}`;
    expect(samples.has(key), `twice: ${key}`).toBe(false);
    samples.set(key, Number(value));
  }
  for (const [name, type] of types) {
    if (type !== 'histogram') continue;
    const buckets = [...samples].filter(([key]) => key.startsWith(`${name}_bucket{`)).map(([, count]) => count);
    expect(buckets.toSorted((a, b) => a - b)).toEqual(buckets);
    expect(buckets.at(-1)).toBe(samples.get(`${name}_count`));
  }
  return { samples, types, text };
}
