import { describe, expect, test } from 'vitest';
import { createMetrics, type Gauges } from '../../../src/receive/metrics.ts';
import { createOperations } from '../../../src/receive/operations.ts';
import { createCounterFamily, createHistogram, metricsText } from '../../../src/receive/prometheus.ts';
import type { HeaderList } from '../../../src/base/ports.ts';
import { scrape, type Scraped } from '../../support/prometheus.ts';
import { PING, receiver, request, signed } from '../../support/receiver.ts';

const NOW = 1_768_018_948_000;
const gauges = (changed: Partial<Gauges> = {}): Gauges => ({
  isReady: true,
  openConnections: 3,
  turnedAway: 1,
  unhandled: 12,
  oldestUnhandledAt: NOW - 90_500,
  deadLetters: 2,
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
      inbox: { add: async () => ({ outcome: outcomes[at++ % 2] ?? 'added', id: 'evt_000000000001' }) },
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
    metrics.handled('forward', 'given-up', 5000);
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
      'propiq_intercom_handled_total{by="forward",outcome="given-up"}': 1,
      propiq_intercom_handling_seconds_count: 3,
      propiq_intercom_ready: 1,
      propiq_intercom_unhandled_events: 12,
      propiq_intercom_oldest_unhandled_seconds: 90.5,
      propiq_intercom_dead_letters: 2,
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
    const unknown = { unhandled: undefined, oldestUnhandledAt: undefined, deadLetters: undefined, isReady: false };
    const { samples, text } = rendered(createMetrics(), unknown);
    expect(text).not.toMatch(/unhandled|dead_letters/);
    expect(samples.get('propiq_intercom_ready')).toBe(0);
    expect(
      rendered(createMetrics(), { oldestUnhandledAt: null }).samples.get('propiq_intercom_oldest_unhandled_seconds'),
    ).toBe(0);
    expect(
      rendered(createMetrics(), { oldestUnhandledAt: NOW + 9 }).samples.get('propiq_intercom_oldest_unhandled_seconds'),
    ).toBe(0);
  });
});

describe('the pages for operations', () => {
  const pages = createOperations({ metrics: async () => 'x 1\n', obstacle: () => undefined });
  const early = (target: string, headers: HeaderList = [['Host', '127.0.0.1:9464']], method = 'GET') =>
    pages.early({ method, target, headers });

  test.each(['127.0.0.1', '127.0.0.1:9464', 'localhost:9464', 'LOCALHOST', '[::1]:9464'])(
    'take %s for a name of their own',
    (host) => {
      expect(early('/live', [['Host', host]])?.status).toBe(200);
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
  ])('refuse %s: a page in a browser may have had its own name point here', (_, headers) => {
    for (const target of ['/live', '/ready', '/metrics']) expect(early(target, headers)?.status).toBe(403);
  });

  test('are three, to be read', async () => {
    expect(early('/metrics?x=1')).toBeUndefined();
    expect(
      await pages.answer({ method: 'GET', target: '/metrics', headers: [], body: new Uint8Array() }),
    ).toMatchObject({
      status: 200,
      body: 'x 1\n',
      headers: expect.arrayContaining([['Content-Type', 'text/plain; version=0.0.4; charset=utf-8']]) as unknown,
    });
    expect(['/', '/metrics/', '/health', '/constructor', '/__proto__'].map((target) => early(target)?.status)).toEqual([
      404, 404, 404, 404, 404,
    ]);
    expect(early('/metrics', undefined, 'POST')?.status).toBe(405);
  });

  test('say why it is not ready, and that it lives all the same', () => {
    const waiting = createOperations({ metrics: async () => '', obstacle: () => 'It is stopping' });
    const head = { method: 'GET', headers: [['Host', 'localhost']] as HeaderList };
    expect(waiting.early({ ...head, target: '/ready' })).toMatchObject({
      status: 503,
      body: '{"status":"not ready","detail":"It is stopping"}',
    });
    expect(waiting.early({ ...head, target: '/live' })?.status).toBe(200);
  });
});
