import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createMetrics, type Gauges } from '../../../src/receive/metrics.ts';
import type { Application, Reply } from '../../../src/base/application.ts';
import { createOperations } from '../../../src/receive/operations.ts';
import { createCounterFamily, createHistogram, metricsText } from '../../../src/receive/prometheus.ts';
import type { InboxStats } from '../../../src/receive/inbox.ts';
import type { HeaderList } from '../../../src/base/ports.ts';
import { scrape, type Scraped } from '../../support/prometheus.ts';
import { PING, receiver, recordingInbox, request, signed } from '../../support/receiver.ts';

const NOW = 1_768_018_948_000;
const inbox = (changed: Partial<InboxStats>): InboxStats => ({
  events: { received: 12, failed: 1, handled: 1000, dead: 2 },
  oldestOpenAt: NOW - 90_500,
  sizeBytes: 4096,
  ...changed,
});
const gauges = (changed: Partial<Gauges> = {}): Gauges => ({
  isReady: true,
  openConnections: 3,
  turnedAway: 1,
  inbox: inbox({}),
  residentBytes: 81_264_640,
  cpuSeconds: 0.734,
  startedAt: NOW - 5000,
  version: '0.1.0',
  ...changed,
});
const rendered = (metrics = createMetrics(), changed: Partial<Gauges> = {}): Scraped =>
  scrape(metricsText(metrics.families(gauges(changed), NOW)));

describe('the text format', () => {
  test('escapes what a label and a help may hold', () => {
    const counter = createCounterFamily('x_total', 'A help with \\ and\na break.', ['a']);
    counter.add('quote " backslash \\ line\nbreak é {},');
    expect(metricsText([counter.family()])).toBe(
      '# HELP x_total A help with \\\\ and\\na break.\n# TYPE x_total counter\nx_total{a="quote \\" backslash \\\\ line\\nbreak é {},"} 1\n',
    );
    scrape(metricsText([counter.family()]));
  });

  test('counts a value in every bucket that it fits into', () => {
    const histogram = createHistogram('x_seconds', 'x', [0.1, 1]);
    for (const value of [0.05, 0.1, 0.5, 7]) histogram.observe(value);
    const { samples } = scrape(metricsText([histogram.family()]));
    expect(Object.fromEntries(samples)).toEqual({
      'x_seconds_bucket{le="0.1"}': 2,
      'x_seconds_bucket{le="1"}': 3,
      'x_seconds_bucket{le="+Inf"}': 4,
      x_seconds_sum: 7.65,
      x_seconds_count: 4,
    });
  });
});

describe('what is counted', () => {
  test('answers, duplicates, reasons, secrets', async () => {
    const metrics = createMetrics();
    const outcomes = ['added', 'duplicate'] as const;
    let at = 0;
    const mind = receiver({
      inbox: recordingInbox(() => ({ outcome: outcomes[at++ % 2] ?? 'added', id: 'evt_000000000001' })),
    });
    const user = PING.replace('ping', 'contact.user.created');
    metrics.answered(await mind.take(signed(user)), 4);
    metrics.answered(await mind.take(signed(user)), 40);
    metrics.answered(
      await mind.take(signed(PING.replace('"ping"', JSON.stringify('a.topic"of{some}\nbody')), 'sha256')),
      700,
    );
    metrics.answered(await mind.take(signed(PING, 'sha1', 'another-key')), 1);
    const early = mind.early(request());
    if (early) metrics.answered(early, 0);
    metrics.failed(new Error('a bug'));
    metrics.handled('handler', 'retry', 20);
    metrics.handled('handler', 'handled', 30);
    metrics.handled('forward', 'dead', 5000);
    const { samples } = rendered(metrics);
    expect(Object.fromEntries([...samples].filter(([key]) => !/bucket|process|_sum/.test(key)))).toEqual({
      'propiq_intercom_answers_total{status="200"}': 3,
      'propiq_intercom_answers_total{status="401"}': 2,
      'propiq_intercom_answers_total{status="500"}': 1,
      propiq_intercom_answer_seconds_count: 4,
      'propiq_intercom_notifications_total{topic="contact.user.created",outcome="stored"}': 1,
      'propiq_intercom_notifications_total{topic="contact.user.created",outcome="duplicate"}': 1,
      'propiq_intercom_notifications_total{topic="other",outcome="stored"}': 1,
      'propiq_intercom_verified_total{secret="current",algorithm="sha1"}': 2,
      'propiq_intercom_verified_total{secret="current",algorithm="sha256"}': 1,
      'propiq_intercom_refusals_total{reason="mismatch"}': 1,
      'propiq_intercom_refusals_total{reason="missing"}': 1,
      propiq_intercom_bugs_total: 1,
      'propiq_intercom_handled_total{by="handler",outcome="retry"}': 1,
      'propiq_intercom_handled_total{by="handler",outcome="handled"}': 1,
      'propiq_intercom_handled_total{by="forward",outcome="dead"}': 1,
      propiq_intercom_handling_seconds_count: 3,
      propiq_intercom_ready: 1,
      propiq_intercom_inbox_up: 1,
      'propiq_intercom_inbox_events{state="received"}': 12,
      'propiq_intercom_inbox_events{state="failed"}': 1,
      'propiq_intercom_inbox_events{state="handled"}': 1000,
      'propiq_intercom_inbox_events{state="dead"}': 2,
      propiq_intercom_oldest_unhandled_seconds: 90.5,
      propiq_intercom_inbox_bytes: 4096,
      propiq_intercom_open_connections: 3,
      propiq_intercom_connections_turned_away_total: 1,
      'propiq_intercom_build_info{version="0.1.0"}': 1,
    });
    expect(samples.get('propiq_intercom_answer_seconds_bucket{le="0.005"}')).toBe(2);
    expect(samples.get('propiq_intercom_answer_seconds_bucket{le="0.5"}')).toBe(3);
  });

  test('has no more labels than there are topics, whatever is sent', async () => {
    const metrics = createMetrics();
    const mind = receiver();
    for (let at = 0; at < 500; at += 1)
      metrics.answered(await mind.take(signed(PING.replace('ping', `topic.${at}`))), 1);
    expect(rendered(metrics).text.match(/notifications_total\{/g)).toHaveLength(1);
  });

  test('what cannot be known is left out, and an empty inbox has no age', () => {
    const { samples, text } = rendered(createMetrics(), { inbox: undefined, isReady: false });
    expect(text).not.toMatch(/unhandled|inbox_events|inbox_bytes/);
    expect([samples.get('propiq_intercom_ready'), samples.get('propiq_intercom_inbox_up')]).toEqual([0, 0]);
    const age = (oldestOpenAt: number | null): number | undefined =>
      rendered(createMetrics(), { inbox: inbox({ oldestOpenAt }) }).samples.get(
        'propiq_intercom_oldest_unhandled_seconds',
      );
    expect([age(null), age(NOW + 9)]).toEqual([0, 0]);
    expect(rendered(createMetrics(), { inbox: inbox({ sizeBytes: null }) }).text).not.toContain('inbox_bytes');
  });
});

describe('the pages for operations', () => {
  const pagesWith = (problem?: string): Application =>
    createOperations({ metrics: async () => 'x 1\n', obstacle: async () => problem });
  const ask = async (
    target: string,
    {
      headers = [['Host', '127.0.0.1:9464']],
      method = 'GET',
      problem,
    }: { headers?: HeaderList; method?: string; problem?: string } = {},
  ): Promise<Reply> => {
    const pages = pagesWith(problem);
    const head = { method, target, headers };
    return pages.early(head) ?? pages.answer({ ...head, body: new Uint8Array() });
  };

  test.each(['127.0.0.1', '127.0.0.1:9464', 'localhost:9464', 'LOCALHOST', '[::1]:9464'])(
    'take %s for a name of their own',
    async (host) => {
      expect((await ask('/live', { headers: [['Host', host]] })).status).toBe(200);
    },
  );

  test.each<[string, HeaderList]>([
    ['another name', [['Host', 'evil.example:9464']]],
    ['a name that ends like one of ours', [['Host', 'evil-localhost']]],
    ['a name that begins like one of ours', [['Host', '127.0.0.1.evil.example']]],
    ['none', []],
    [
      'two',
      [
        ['Host', '127.0.0.1'],
        ['Host', 'evil.example'],
      ],
    ],
    ['an empty one', [['Host', '']]],
    ['one with a user before it', [['Host', 'localhost@evil.example']]],
  ])('refuse %s: a page in a browser may have had its own name point here', async (_, headers) => {
    for (const target of ['/live', '/ready', '/metrics', '/x'])
      expect((await ask(target, { headers })).status).toBe(403);
  });

  test('are three, to be read', async () => {
    expect(await ask('/metrics?x=1')).toMatchObject({
      status: 200,
      body: 'x 1\n',
      headers: expect.arrayContaining([['Content-Type', 'text/plain; version=0.0.4; charset=utf-8']]) as unknown,
    });
    for (const target of ['/', '/metrics/', '/health', '/constructor', '/__proto__'])
      expect((await ask(target)).status).toBe(404);
    expect((await ask('/metrics', { method: 'POST' })).status).toBe(405);
  });

  test('say why it is not ready, and that it lives all the same', async () => {
    expect((await ask('/ready')).body).toBe('{"status":"ready"}');
    expect(await ask('/ready', { problem: 'It is stopping' })).toMatchObject({
      status: 503,
      body: '{"status":"not ready","detail":"It is stopping"}',
    });
    expect((await ask('/live', { problem: 'It is stopping' })).status).toBe(200);
  });
});

test('docs/operations.md names every metric, and no other', () => {
  const page = readFileSync(join(import.meta.dirname, '../../../docs/operations.md'), 'utf8');
  const told = [...page.matchAll(/^\| `((?:propiq_intercom|process)_\w+)`/gm)].map(([, name = '']) => name);
  const metrics = createMetrics().families(gauges(), NOW);
  expect(told.toSorted()).toEqual(metrics.map(({ name }) => name).toSorted());
});
