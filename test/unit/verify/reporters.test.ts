import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ASCII_MARKS, type Paint, PLAIN } from '../../../src/base/paint.ts';
import { type Exchange, headerValue, type HttpRequest } from '../../../src/base/ports.ts';
import { CHECKS } from '../../../src/verify/checks/index.ts';
import type { ReporterEnv } from '../../../src/verify/reporter.ts';
import { json } from '../../../src/verify/reporters/json.ts';
import { pretty } from '../../../src/verify/reporters/pretty.ts';
import type { VerifyEvent } from '../../../src/verify/verify.ts';
import { exchange, noAnswer } from '../../support/exchanges.ts';
import { expectValid } from '../../support/schemas.ts';
import { type Script, scriptedRun } from '../../support/scripted.ts';

const GOLDEN = join(import.meta.dirname, '../../golden/verify');
const ENV: ReporterEnv = { paint: PLAIN, columns: 80, isQuiet: false, isVerbose: false };
const isPing = ({ headers }: HttpRequest): boolean =>
  headerValue(headers, 'x-hub-signature')?.startsWith('sha256=') === true;

const SCRIPTS: Readonly<Record<string, Script>> = {
  healthy: (request) => {
    if (request.method === 'HEAD') return exchange(200);
    if (request.method === 'GET') return exchange(200, { body: '{"status":"healthy","intercom_configured":true}' });
    const probe = headerValue(request.headers, 'x-propiq-probe') ?? '';
    return exchange(/^(?:signature|delivery)\//.test(probe) ? 200 : 401);
  },
  // everything at once: no HEAD, no health route, open to all, the guide's algorithm only
  troubled: (request): Exchange => {
    if (request.method === 'HEAD') return exchange(405);
    if (request.method === 'GET') return exchange(404, { body: '{"detail":"Not Found"}' });
    const probe = headerValue(request.headers, 'x-propiq-probe');
    if (probe === 'delivery/large-body') throw noAnswer('net/reset');
    if (probe === 'delivery/null-id') throw noAnswer('net/no-answer');
    const isOpen = headerValue(request.headers, 'x-hub-signature') === undefined;
    return exchange(isOpen || isPing(request) ? 200 : 401, { body: '{"detail":"\u001b[31mhm"}' });
  },
  refused: (request) =>
    request.method === 'POST'
      ? exchange(401)
      : exchange(200, { body: '{"status":"healthy","intercom_configured":true}' }),
  silent: () => {
    throw noAnswer('net/no-answer');
  },
};

async function record(name: string): Promise<VerifyEvent[]> {
  const events: VerifyEvent[] = [];
  const { events: run } = scriptedRun(CHECKS, {
    script: SCRIPTS[name] ?? (() => exchange(500)),
    secret: 'not-a-real-key',
  });
  for await (const event of run) events.push(event);
  return events;
}

function fold(events: readonly VerifyEvent[], env: Partial<ReporterEnv> = {}): string {
  const listener = pretty.start({ ...ENV, ...env });
  return events.map(listener).join('');
}

describe('pretty', () => {
  test.each([
    ['healthy', 80, {}],
    ['healthy', 60, {}],
    ['troubled', 80, {}],
    ['troubled', 60, {}],
    ['refused', 80, {}],
    ['silent', 80, {}],
    ['troubled', 80, { isQuiet: true }],
    ['silent', 80, { isVerbose: true }],
  ] as const)('of a run that is %s, at %i columns, %j', async (name, columns, mode) => {
    const text = fold(await record(name), { columns, ...mode });
    const file = [name, columns, ...Object.keys(mode)].join('-');
    await expect(text).toMatchFileSnapshot(join(GOLDEN, `${file}.txt`));
  });

  test.each([80, 60, 44])('keeps to %i columns, but for what is to be copied', async (columns) => {
    const text = fold(await record('troubled'), { columns });
    const long = text
      .split('\n')
      .filter((line) => line.length > columns && / /.test(line.trim()) && !/^Next:|^Checking|^. fail/.test(line));
    expect(long).toEqual([]);
  });

  test('says nothing under --quiet when all is well', async () => {
    expect(fold(await record('healthy'), { isQuiet: true })).toBe('');
  });

  test('has a word beside every mark, in ASCII too', async () => {
    const paint: Paint = { ...PLAIN, marks: ASCII_MARKS };
    const text = fold(await record('troubled'), { paint });
    expect(text).toMatch(/^x fail {2}endpoint\/head$/m);
    expect(text).not.toMatch(/[✓✗→]/);
  });

  test('shows no escape sequence of the receiver', async () => {
    expect(fold(await record('troubled'), { isVerbose: true })).not.toContain('\u001b');
  });
});

describe('json', () => {
  test.each(Object.keys(SCRIPTS))('of a run that is %s fits the schema, on one line', async (name) => {
    const listener = json.start(ENV);
    const text = (await record(name)).map(listener).join('');
    expect(text.trimEnd().split('\n')).toHaveLength(1);
    const report = expectValid(text, 'verify');
    expect(report['checks']).toHaveLength(CHECKS.length);
    expect(report['error']).toBeNull();
  });
});
