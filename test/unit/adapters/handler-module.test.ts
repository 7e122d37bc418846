import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { loadHandlerModule } from '../../../src/adapters/handler-module.ts';
import type { HandlerJob, HandlerModule } from '../../../src/receive/handle-with.ts';
import { handlerTable } from '../../../src/receive/handler-table.ts';
import { temporaryFolder } from '../../support/cli.ts';

const never = new AbortController().signal;

function heard() {
  const lines: string[] = [];
  const waiting: (() => void)[] = [];
  const say = (line: string): void => {
    lines.push(line);
    for (const check of waiting) check();
  };
  return {
    lines,
    ears: {
      printed: (line: string) => say(`printed ${line}`),
      logged: (eventId: string, text: string) => say(`${eventId} logged ${text}`),
      ended: ({ name }: { name: string }) => say(`ended ${name}`),
    },
    until: (count: number): Promise<string[]> =>
      new Promise((resolve) => {
        const check = (): void => void (lines.length >= count && resolve(lines));
        waiting.push(check);
        check();
      }),
  };
}

async function start(source: string, ears = heard().ears): Promise<HandlerModule> {
  const path = join(temporaryFolder(), 'handlers.mjs');
  writeFileSync(path, source);
  const thread = await loadHandlerModule(path, 'handlers.mjs', {}, ears);
  onTestFinished(() => thread.close());
  return thread;
}

const job = (changed: Partial<HandlerJob> = {}): HandlerJob => ({
  eventId: 'evt_000000000001',
  attempt: 1,
  receivedAt: 0,
  headers: [['X-Twice', 'b']],
  body: new TextEncoder().encode('{"type":"notification_event","topic":"ping"}'),
  path: ['default'],
  ...changed,
});

describe('a handler', () => {
  test('is called with the notification and its context', async () => {
    const { ears, until } = heard();
    const thread = await start(
      `export default function ({ topic, id }, { eventId, attempt, rawBody, headers, receivedAt, signal, log }) {
         log(JSON.stringify([topic, id, eventId, attempt, new TextDecoder().decode(rawBody), headers, receivedAt, signal.aborted]));
       }`,
      ears,
    );
    expect(await thread.run(job({ attempt: 3 }), never)).toBeUndefined();
    const [line = ''] = await until(1);
    expect(line).toMatch(/^evt_000000000001 logged /);
    expect(JSON.parse(line.slice(line.indexOf('[')))).toEqual([
      'ping',
      null,
      'evt_000000000001',
      3,
      '{"type":"notification_event","topic":"ping"}',
      [['X-Twice', 'b']],
      '1970-01-01T00:00:00.000Z',
      false,
    ]);
  });

  test('of a table is called with that table as this', async () => {
    const thread = await start('export const handlers = { word: "x", ping() { if (this.word !== "x") throw 1; } };');
    expect(await thread.run(job({ path: ['handlers', 'ping'] }), never)).toBeUndefined();
  });

  test.each([
    ['throws', 'throw new TypeError("no user ada@example.com")', 'TypeError', 'no user ada@example.com'],
    ['rejects', 'return Promise.reject(new RangeError("x"))', 'RangeError', 'x'],
    ['throws what is no error', 'throw "x"', 'a thrown string', 'x'],
    ['throws nothing', 'throw undefined', 'a thrown undefined', 'undefined'],
    ['throws a circle', 'const o = {}; o.o = o; throw o', 'a thrown object', 'something that cannot be shown'],
  ])('that %s has failed, and where is known', async (_, code, name, message) => {
    const thread = await start(`export default function handle() {\n  ${code};\n}\n`);
    expect(await thread.run(job(), never)).toMatchObject({ name, message });
    if (name.endsWith('Error')) expect(await thread.run(job(), never)).toMatchObject({ where: 'handlers.mjs:2' });
  });

  test('that prints does so through whoever listens', async () => {
    const { ears, until } = heard();
    const thread = await start(
      'export default () => { console.log("out\\nput"); console.error("error"); process.stdout.write("end\\n"); };',
      ears,
    );
    await thread.run(job(), never);
    expect((await until(4)).toSorted()).toEqual(['printed end', 'printed error', 'printed out', 'printed put']);
  });

  test('that listens to its signal hears that time is over', async () => {
    const { ears, until } = heard();
    const thread = await start(
      'export default (n, { signal, log }) => new Promise((done) => { log("runs"); signal.addEventListener("abort", () => { log(signal.reason.message); done(); }); });',
      ears,
    );
    const abort = new AbortController();
    const running = thread.run(job(), abort.signal);
    await until(1);
    abort.abort(new Error('too long'));
    expect(await running).toBeUndefined();
    expect((await until(2))[1]).toBe('evt_000000000001 logged too long');
  });
});

describe('the thread', () => {
  const SOURCE = `
    export const handlers = {
      ok() {},
      never: () => new Promise(() => {}),
      spin(n, { log }) { log('spins'); for (;;) ; },
      exit() { process.exit(3); },
      later() { setTimeout(() => { throw new RangeError('later'); }, 1); return new Promise(() => {}); },
      forgotten() { void Promise.reject(new TypeError('forgotten')); return new Promise(() => {}); },
    };`;
  const at = (name: string): HandlerJob => job({ path: ['handlers', name] });

  test.each([
    ['exit', 'Exit'],
    ['later', 'RangeError'],
    ['forgotten', 'TypeError'],
  ])('that ends by %s takes what runs with it, says so, and is started again for the next', async (name, why) => {
    const { ears, until, lines } = heard();
    const thread = await start(SOURCE, ears);
    const [ended, beside] = await Promise.all([thread.run(at(name), never), thread.run(at('never'), never)]);
    expect([ended?.name, beside?.name]).toEqual([why, why]);
    expect(await until(1)).toEqual([`ended ${why}`]);
    expect(await thread.run(at('ok'), never)).toBeUndefined();
    expect(lines).toHaveLength(1);
  });

  test('that something keeps busy is ended once its time is over', async () => {
    const { ears, until } = heard();
    const thread = await start(SOURCE, ears);
    const abort = new AbortController();
    const spinning = thread.run(at('spin'), abort.signal);
    await until(1);
    abort.abort(new Error('too long'));
    expect((await spinning)?.name).toBe('Blocked');
    expect((await until(2))[1]).toBe('ended Blocked');
    expect(await thread.run(at('ok'), never)).toBeUndefined();
  });

  test('goes on while a handler that never settles is left alone', async () => {
    const thread = await start(SOURCE);
    const abort = new AbortController();
    void thread.run(at('never'), abort.signal);
    abort.abort(new Error('too long'));
    expect(await thread.run(at('ok'), never)).toBeUndefined();
  });

  test('ends what still runs when it is closed', async () => {
    const thread = await start(SOURCE);
    const running = thread.run(at('never'), never);
    await thread.close();
    expect([(await running)?.name, (await thread.run(at('ok'), never))?.name]).toEqual(['Closed', 'Closed']);
  });
});

describe('a module', () => {
  test.each([
    ['has a syntax error', 'export const a = 1;\nconst b = ;\n', /SyntaxError: .*\(handlers\.mjs:2\)/],
    ['imports what is not there', "import 'no-such-package';", /Cannot find package 'no-such-package'/],
    ['throws', '\nthrow new RangeError("at once");', /RangeError: at once \(handlers\.mjs:2\)/],
    ['never comes to an end', 'await new Promise(() => {});', /exit code 13/],
    ['ends the thread', 'process.exit(0);', /exit code 0/],
  ])('that %s is an error that says where', async (_, source, why) => {
    await expect(start(source)).rejects.toMatchObject({
      code: 'handler/cannot-load',
      what: 'The handlers in handlers.mjs cannot be loaded',
      why: expect.stringMatching(why) as string,
    });
  });

  test('that is a folder, missing, or no JavaScript is an error', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'x.mjs'));
    writeFileSync(join(folder, 'x.txt'), '');
    const { ears } = heard();
    await expect(loadHandlerModule(join(folder, 'x.mjs'), 'x.mjs', {}, ears)).rejects.toMatchObject({
      code: 'io/read',
    });
    await expect(loadHandlerModule(join(folder, 'y.mjs'), 'y.mjs', {}, ears)).rejects.toMatchObject({
      code: 'io/read',
    });
    await expect(loadHandlerModule(join(folder, 'x.txt'), 'x.txt', {}, ears)).rejects.toMatchObject({
      code: 'handler/cannot-load',
    });
  });

  test('tells what it exports, a CommonJS one from ES module syntax too', async () => {
    const thread = await start('export default () => {}; export const handlers = { ping() {}, n: 1 }, x = null;');
    expect(thread.exports).toEqual([
      ['default', 'function'],
      [
        'handlers',
        [
          ['ping', 'function'],
          ['n', 'number'],
        ],
      ],
      ['x', 'null'],
    ]);
    const path = join(temporaryFolder(), 'handlers.cjs');
    writeFileSync(path, 'Object.defineProperty(exports, "__esModule", { value: true }); exports.default = () => {};');
    const { ears } = heard();
    const common = await loadHandlerModule(path, 'handlers.cjs', {}, ears);
    onTestFinished(() => common.close());
    expect(common.exports).toEqual([['default', 'function']]);
    expect(await common.run(job(), never)).toBeUndefined();
  });

  test.each([
    ['handlers', 'module.exports.handlers = { ping: HANDLE };'],
    [
      'handlers beside something else',
      'const handlers = { ping: HANDLE }, VERSION = 1; module.exports = { VERSION, handlers };',
    ],
    ['functions by topic', "const ping = HANDLE; module.exports = { 'user.created': ping, ping };"],
    ['a default', 'module.exports = { default: HANDLE };'],
    ['a function', 'module.exports = HANDLE;'],
    ['what only running it tells', "module.exports = Object.fromEntries([['ping', HANDLE]]);"],
  ])('finds the handlers of a CommonJS module: %s', async (_, source) => {
    const path = join(temporaryFolder(), 'handlers.cjs');
    writeFileSync(path, source.replace('HANDLE', '(_, { log }) => log("found")'));
    const { ears, until } = heard();
    const module = await loadHandlerModule(path, 'handlers.cjs', {}, ears);
    onTestFinished(() => module.close());
    const found = handlerTable(module, 'handlers.cjs').find('ping') ?? [''];
    expect(await module.run(job({ path: found }), never)).toBeUndefined();
    expect(await until(1)).toEqual(['evt_000000000001 logged found']);
  });

  test('a message of its own to whoever started the thread is nobody’s business', async () => {
    const thread = await start(
      `import { parentPort } from 'node:worker_threads';
       export default () => { for (const odd of [null, undefined, 'ready', { kind: 'log' }, { kind: 'not-loaded' }]) parentPort.postMessage(odd); };`,
    );
    expect(await thread.run(job(), never)).toBeUndefined();
    expect(await thread.run(job(), never)).toBeUndefined();
  });
});
