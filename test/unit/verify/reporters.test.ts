import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FRAMEWORKS } from '../../../src/diagnosis/frameworks/index.ts';
import { ASCII_MARKS, type Paint, PLAIN } from '../../../src/base/paint.ts';
import { type Exchange, headerValue, type HttpRequest } from '../../../src/base/ports.ts';
import { CHECKS } from '../../../src/verify/checks/index.ts';
import type { Reporter, ReporterEnv } from '../../../src/verify/reporter.ts';
import { github } from '../../../src/verify/reporters/github.ts';
import { json } from '../../../src/verify/reporters/json.ts';
import { junit } from '../../../src/verify/reporters/junit.ts';
import { markdown } from '../../../src/verify/reporters/markdown.ts';
import { pretty } from '../../../src/verify/reporters/pretty.ts';
import { fitStepSummary } from '../../../src/verify/step-summary.ts';
import { INSECURE, type Report, type VerifyEvent } from '../../../src/verify/verify.ts';
import { exchange, noAnswer } from '../../support/exchanges.ts';
import { expectValid } from '../../support/schemas.ts';
import { type Script, scriptedRun } from '../../support/scripted.ts';

const GOLDEN = join(import.meta.dirname, '../../golden/verify');
const ENV: ReporterEnv = { paint: PLAIN, columns: 80, isQuiet: false, isVerbose: false, isStrict: false };
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

function fold(events: readonly VerifyEvent[], env: Partial<ReporterEnv> = {}, reporter: Reporter = pretty): string {
  const listener = reporter.start({ ...ENV, ...env });
  return [...events, { type: 'over' } as const].map(listener).join('');
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
    const copied = new Set(FRAMEWORKS.flatMap(({ rawBody, head = '' }) => `${rawBody}\n${head}`.split('\n')));
    const long = text
      .split('\n')
      .filter((line) => !copied.has(line.slice(8)))
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

/** What a hostile receiver could have an answer say, in a message of ours. */
const HOSTILE = '::error::x%0A ]]>&"<img src=x> | `code` @octocat [a](https://example.com) **b** \uD800 \uFFFE';

function hostileRun(count: number, status: 'fail' | 'warn' | 'error'): VerifyEvent[] {
  const checks = Array.from({ length: count }, (_, at) => ({
    id: `endpoint/check-${at}` as const,
    title: 'Holds',
    status,
    message: HOSTILE,
    remedy: 'Mend it: now, 100%\nfully.',
    durationMs: 1500,
    evidence: [],
  }));
  const summary = { pass: 0, warn: 0, fail: 0, skip: 0, error: 0, [status]: count };
  const report: Report = {
    ok: false,
    exitCode: 1,
    target: 'https://propiq.example/intercom/webhook?a=1&b=2',
    isInsecure: false,
    startedAt: 1_768_015_702_000,
    durationMs: 1500 * count,
    requests: count,
    summary,
    checks,
    diagnosis: [],
  };
  return [...checks.map((result) => ({ type: 'result', result }) as const), { type: 'finished', report }];
}

/** The same run under `--insecure`. */
function insecure(events: readonly VerifyEvent[]): readonly VerifyEvent[] {
  return events.map((event) => {
    if (event.type === 'started') return { ...event, isInsecure: true };
    return event.type === 'finished' ? { ...event, report: { ...event.report, isInsecure: true } } : event;
  });
}

describe('--insecure', () => {
  test.each([pretty, junit, github, markdown])('is told by $name, and not where it was not used', async (reporter) => {
    const run = await record('healthy');
    expect(fold(run, {}, reporter)).not.toContain('insecure');
    const told = fold(insecure(run), { columns: 200 }, reporter);
    expect(told).toContain('--insecure');
    expect(told).toContain(INSECURE);
  });

  test('is one warning on GitHub, ahead of the others, whatever the number of runs', () => {
    const started = { type: 'started', target: '', startedAt: 0, isInsecure: true, checks: [] } as const;
    const run = [started, ...hostileRun(12, 'warn')];
    const lines = fold([...run, ...run], {}, github)
      .trimEnd()
      .split('\n');
    expect(lines.filter((line) => line.includes('insecure'))).toEqual([`::warning title=--insecure::${INSECURE}`]);
    expect(lines[0]).toContain('--insecure');
  });
});

describe('junit', () => {
  interface Suite {
    readonly name: string;
    readonly counts: readonly number[];
    readonly time: number;
    readonly cases: readonly { name: string; time: number; kinds: readonly string[]; messages: readonly string[] }[];
  }

  /** Read by a consumer that is not ours: Debian's python3-junitparser. */
  function read(xml: string): readonly Suite[] {
    const program = [
      'import json, sys',
      'from junitparser import JUnitXml',
      'xml = JUnitXml.fromstring(sys.stdin.buffer.read())',
      'print(json.dumps([dict(name=s.name, counts=[s.tests, s.failures, s.errors, s.skipped], time=s.time, cases=[dict(name=c.name, time=c.time, kinds=[type(r).__name__ for r in c.result], messages=[r.message for r in c.result]) for c in s]) for s in xml]))',
    ].join('\n');
    return JSON.parse(execFileSync('/usr/bin/python3', ['-c', program], { input: xml, encoding: 'utf8' })) as Suite[];
  }

  test.each([
    ['troubled', false],
    ['troubled', true],
    ['silent', false],
    ['healthy', false],
  ] as const)('of a run that is %s, strict: %s, is read with the same counts', async (name, isStrict) => {
    const events = await record(name);
    const { checks, summary, target } =
      events.flatMap((event) => (event.type === 'finished' ? [event.report] : []))[0] ?? expect.unreachable();
    const [suite = expect.unreachable()] = read(fold(events, { isStrict }, junit));
    const failures = summary.fail + (isStrict ? summary.warn : 0);
    expect(suite).toMatchObject({ name: target, counts: [checks.length, failures, summary.error, summary.skip] });
    expect(suite.cases.map((one) => one.name)).toEqual(checks.map(({ id }) => id));
    const kinds = {
      fail: 'Failure',
      error: 'Error',
      skip: 'Skipped',
      pass: undefined,
      warn: isStrict ? 'Failure' : undefined,
    };
    expect(suite.cases.map((one) => one.kinds[0])).toEqual(checks.map(({ status }) => kinds[status]));
  });

  test('carries hostile words as text, and several runs as several suites', () => {
    const run = hostileRun(2, 'fail');
    const suites = read(fold([...run, ...run], {}, junit));
    expect(suites).toHaveLength(2);
    expect(suites[0]?.cases[1]?.messages).toEqual([HOSTILE.replace('\uD800', '\uFFFD').replace('\uFFFE', '')]);
    expect(suites[0]?.time).toBe(3);
  });
});

describe('github', () => {
  /** As the runner reads a line: actions/runner, ActionCommand.cs, TryParseV2. */
  function annotations(text: string): readonly { kind: string; title: string; text: string }[] {
    return text
      .trimEnd()
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => {
        const [, kind = '', title = '', data = ''] =
          /^::(error|warning) title=([^:,]*)::([^\r\n]*)$/.exec(line) ?? expect.unreachable(line);
        const unescape = (part: string): string =>
          part
            .replaceAll('%0D', '\r')
            .replaceAll('%0A', '\n')
            .replaceAll('%3A', ':')
            .replaceAll('%2C', ',')
            .replaceAll('%25', '%');
        return { kind, title: unescape(title), text: unescape(data) };
      });
  }

  test('tells failures before what could not be judged, then warnings', async () => {
    const told = annotations(fold(await record('troubled'), {}, github));
    expect(told.map(({ kind }) => kind)).toEqual([...told].map(({ kind }) => kind).sort());
    expect(told[0]).toMatchObject({ kind: 'error', title: 'Cause: accepts-forgeries (certain)' });
    expect(told.length).toBeGreaterThan(3);
  });

  test('shows ten of thirty findings: nine, and a word about the rest', () => {
    const told = annotations(fold(hostileRun(30, 'fail'), {}, github));
    expect(told).toHaveLength(10);
    expect(told[9]).toMatchObject({ kind: 'error', title: 'and 21 more errors' });
    expect(told[9]?.text).toContain('endpoint/check-29');
    expect(told[0]?.text).toBe(`${HOSTILE}\nMend it: now, 100%\nfully.`);
  });

  test('says nothing of a healthy run, and makes warnings errors under --strict', async () => {
    expect(fold(await record('healthy'), {}, github)).not.toContain('::error');
    expect(fold(hostileRun(1, 'warn'), { isStrict: true }, github)).toMatch(/^::error title=endpoint\/check-0::/);
  });
});

describe('markdown', () => {
  test.each(['healthy', 'troubled', 'refused'])('of a run that is %s', async (name) => {
    await expect(fold(await record(name), {}, markdown)).toMatchFileSnapshot(join(GOLDEN, `${name}.md`));
  });

  test('lets no word of a receiver become markup, a mention or a link', () => {
    const page = fold(hostileRun(1, 'fail'), {}, markdown);
    const row = page.split('\n').find((line) => line.includes('check-0')) ?? '';
    expect(row.match(/(?<!\\)\|/g)).toHaveLength(5);
    expect(row).not.toMatch(/[<>@]|(?<!\\)[`*[\]]|https:/);
  });

  test('fits into a step summary, cut behind a line', () => {
    const page = fitStepSummary(fold(hostileRun(9000, 'fail'), {}, markdown));
    expect(Buffer.byteLength(page)).toBeLessThan(1024 * 1024);
    expect(page).toMatch(/\|\n\n\nThe rest did not fit in here: see the log of the step\.\n$/);
    expect(fitStepSummary('short\n')).toBe('short\n');
  });
});
