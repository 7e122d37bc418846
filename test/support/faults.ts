import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { runCli, temporaryFolder } from './cli.ts';
import { sendAll } from './load.ts';
import { delivery, notification, type Served, startServe } from './serve.ts';

/** In CI so many; by hand more: `PROPIQ_FAULT_ROUNDS=200 npx vitest run test/e2e/serve-faults.test.ts`. */
export const ROUNDS = Number(process.env['PROPIQ_FAULT_ROUNDS'] ?? 20);
/** Of a test, and so of the receivers in it, on a machine that is busy with other things. */
export const SLOWEST_MS = 120_000 + ROUNDS * 30_000;
const CONNECTIONS = 32;
const NOBODY = 65_534;

/** A receiver's surroundings that outlive it: a folder, a store, and a handler that writes down every id it is given. */
export interface Lab {
  readonly cwd: string;
  readonly store: string;
  serve(args?: readonly string[], env?: Readonly<Record<string, string>>): Promise<Served>;
  /** Ids as they were handled, with repetitions. */
  handled(): readonly string[];
  stored(): Promise<readonly string[]>;
}

export function createLab(store?: string): Lab {
  const cwd = temporaryFolder();
  const file = join(cwd, 'handled.txt');
  const place = store ?? join(cwd, 'inbox.db');
  writeFileSync(
    join(cwd, 'handlers.mjs'),
    `import { appendFileSync } from 'node:fs';
     export const handlers = { default: ({ id }) => appendFileSync(${JSON.stringify(file)}, id + '\\n') };`,
  );
  return {
    cwd,
    store: place,
    serve: (args = [], env = {}) =>
      startServe(['--quiet', '--handler', 'handlers.mjs', ...args], {
        cwd,
        env: { PROPIQ_INTERCOM_STORE: place, ...env },
        longestMs: SLOWEST_MS,
      }),
    handled: () => (existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : []),
    async stored() {
      const { stdout, code } = await runCli(['events', 'export'], {
        cwd,
        env: { PROPIQ_INTERCOM_STORE: place },
        longestMs: SLOWEST_MS,
      });
      expect(code).toBe(0);
      const lines = stdout.trimEnd().split('\n');
      return lines.flatMap((line) => (JSON.parse(line) as { notificationId?: string }).notificationId ?? []);
    },
  };
}

/** What became of notifications: by their ids. */
export class Ledger {
  readonly acknowledged = new Set<string>();
  /** Answered with 503, or not at all. */
  readonly open = new Set<string>();
  duplicates = 0;
  readonly #padding: string;

  /** @param padding what each body is filled up with, so that a disk fills */
  constructor(padding = '') {
    this.#padding = padding;
  }

  /** Sends each once; whatever is answered neither with 200 nor with 503 fails the test. */
  async send(
    port: number,
    ids: readonly string[],
    onAnswer: (acknowledged: number) => void = () => undefined,
  ): Promise<void> {
    for (const id of ids) this.open.add(id);
    const requests = ids.map((id) => delivery(notification(id).replace('"u1"', `"u1${this.#padding}"`)));
    let acknowledged = 0;
    await sendAll(port, requests, CONNECTIONS, ({ index, status, body }) => {
      const id = ids[index] ?? '';
      expect([200, 503]).toContain(status);
      if (status !== 200) return;
      this.acknowledged.add(id);
      this.open.delete(id);
      if (body.includes('duplicate')) this.duplicates += 1;
      acknowledged += 1;
      onAnswer(acknowledged);
    });
  }

  /** What is acknowledged is known for good: sent again it is a duplicate. */
  async sendAcknowledgedAgain(port: number, ids: readonly string[]): Promise<void> {
    const known = ids.filter((id) => this.acknowledged.has(id));
    const before = this.duplicates;
    await this.send(port, known);
    expect(this.duplicates - before).toBe(known.length);
  }

  /** Sends what is open again, as Intercom would, until all of it is acknowledged. */
  async sendOpenAgain({ port, child, finished }: Served): Promise<void> {
    while (this.open.size > 0) {
      if (child.exitCode !== null)
        throw new Error(`The receiver ended (${child.exitCode}): ${(await finished).stderr}`);
      await this.send(port, [...this.open]);
    }
  }

  /** Acknowledged minus stored must be nothing, each handled, and no id stored twice. Prints the figures. */
  async settle(lab: Lab, title: string, isSound = false): Promise<void> {
    await handledAll(lab, this.acknowledged);
    const stored = await lab.stored();
    const ids = new Set(stored);
    const missing = [...this.acknowledged].filter((id) => !ids.has(id));
    const handled = lab.handled();
    const distinct = new Set(handled).size;
    console.log(
      `${title}: ${this.acknowledged.size} acknowledged, ${missing.length} of them not stored, ${stored.length} stored, ` +
        `${distinct} handled, ${handled.length - distinct} of them again; ${this.duplicates} answered as duplicates`,
    );
    expect(missing).toEqual([]);
    expect(ids.size).toBe(stored.length);
    if (isSound) expect(handled.length).toBe(distinct);
  }
}

/** Waits for the handlers; the test's own time is the bound. */
async function handledAll(lab: Lab, ids: ReadonlySet<string>): Promise<void> {
  for (;;) {
    const handled = new Set(lab.handled());
    if ([...ids].every((id) => handled.has(id))) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** A number between 0 and `below`, other ones each time the suite runs. */
export function anyNumber(below: number): number {
  return Math.floor(Math.random() * below);
}

export const canMount = process.platform === 'linux' && process.getuid?.() === 0;

/** A small disk as a folder, which can be filled to the last byte; gone with the test. */
export function smallDisk(megabytes: number): { readonly path: string; fill(): void; free(): void } {
  const folder = temporaryFolder();
  chmodSync(folder, 0o711); // PostgreSQL runs as another user
  const path = join(folder, 'disk');
  mkdirSync(path);
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', path]);
  onTestFinished(() => void execFileSync('umount', ['-l', path]));
  chownSync(path, NOBODY, NOBODY);
  const filler = join(path, 'filler');
  return {
    path,
    fill() {
      for (const bytes of [1024 * 1024, 4096]) {
        try {
          for (;;) appendFileSync(filler, Buffer.alloc(bytes));
        } catch (cause) {
          if ((cause as NodeJS.ErrnoException).code !== 'ENOSPC') throw cause;
        }
      }
    },
    free: () => rmSync(filler),
  };
}
