import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { type Finished, runCli, temporaryFolder } from '../support/cli.ts';

const OLD = `# settings\nINTERCOM_WEBHOOK_SECRET=old-secret-1\nA=1\n`;
const NEW = `# settings\nINTERCOM_WEBHOOK_SECRET=new-secret-2\nA=1\n`;

/**
 * Loaded before the program: counts what it asks of the disk in its own folder, and at one of these steps kills the
 * process, or lets the step fail with an error of the system. A write is cut in half first.
 */
const FAULTS = `
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
const { FAULT, FAULT_AT, FAULT_LOG } = process.env;
const own = process.cwd();
const { open, appendFile } = fs.promises;
let steps = 0;
const step = async (name, before) => {
  steps += 1;
  fs.appendFileSync(FAULT_LOG, name + '\\n');
  if (steps !== Number(FAULT_AT)) return;
  await before?.();
  if (FAULT === 'SIGKILL') process.kill(process.pid, 'SIGKILL');
  throw Object.assign(new Error(FAULT + ': injected'), { code: FAULT });
};
const handle = await open(process.execPath);
const methods = Object.getPrototypeOf(handle);
await handle.close();
const ours = new WeakSet();
for (const name of ['open', 'rename', 'link', 'lstat', 'readdir', 'rm']) {
  const real = fs.promises[name];
  fs.promises[name] = async (path, ...rest) => {
    const isOwn = String(path).startsWith(own);
    if (isOwn) await step(name);
    const result = await real(path, ...rest);
    if (isOwn && name === 'open') ours.add(result);
    return result;
  };
}
for (const name of ['writeFile', 'sync', 'chmod', 'chown', 'read', 'stat']) {
  const real = methods[name];
  methods[name] = async function (...args) {
    if (ours.has(this)) await step(name, name === 'writeFile' ? () => real.call(this, args[0].slice(0, args[0].length / 2)) : undefined);
    return real.apply(this, args);
  };
}
syncBuiltinESMExports();
`;

interface Broken extends Finished {
  readonly steps: readonly string[];
}

async function setWith(folder: string, fault: string, at: number): Promise<Broken> {
  const aside = temporaryFolder();
  const log = join(aside, 'steps');
  writeFileSync(join(aside, 'faults.mjs'), FAULTS);
  const finished = await runCli(['secret', 'set', '--secret-stdin'], {
    cwd: folder,
    input: 'new-secret-2\n',
    env: {
      NODE_OPTIONS: `--import ${pathToFileURL(join(aside, 'faults.mjs')).href}`,
      FAULT: fault,
      FAULT_AT: String(at),
      FAULT_LOG: log,
    },
  });
  expect(finished.stdout + finished.stderr).not.toMatch(/old-secret|new-secret/);
  return { ...finished, steps: existsSync(log) ? readFileSync(log, 'utf8').split('\n').filter(Boolean) : [] };
}

const START = [
  ['a file that is there', OLD, NEW],
  ['a new file', undefined, 'INTERCOM_WEBHOOK_SECRET=new-secret-2\n'],
] as const;

function folderWith(content: string | undefined): string {
  const folder = temporaryFolder();
  if (content !== undefined) writeFileSync(join(folder, '.env'), content);
  return folder;
}

const envOf = (folder: string): string | undefined =>
  existsSync(join(folder, '.env')) ? readFileSync(join(folder, '.env'), 'utf8') : undefined;
const leftIn = (folder: string): string[] => readdirSync(folder).filter((name) => name.endsWith('.tmp'));

const LONGEST_MS = 240_000;

describe('whatever step of the write is the last one', () => {
  test.each(START)(
    'killed, it leaves %s as it was or as it should be',
    async (_, before, after) => {
      const { steps } = await setWith(folderWith(before), 'none', 0);
      expect(steps).toEqual(expect.arrayContaining(['open', 'writeFile', 'sync', 'chmod', before ? 'rename' : 'link']));
      const seen = new Set<string | undefined>();
      let unfinished = 0;
      for (let at = 1; at <= steps.length; at += 1) {
        const folder = folderWith(before);
        expect((await setWith(folder, 'SIGKILL', at)).signal, `step ${at}`).toBe('SIGKILL');
        const left = envOf(folder);
        expect([before, after], `killed at step ${at}, ${steps[at - 1]}`).toContain(left);
        seen.add(left);
        unfinished += leftIn(folder).length;
        if (leftIn(folder).length === 0 && at < steps.length) continue;
        const again = await setWith(folder, 'none', 0);
        expect({ code: again.code, env: envOf(folder), left: leftIn(folder) }).toEqual({
          code: 0,
          env: after,
          left: [],
        });
      }
      expect([seen.size, unfinished > 0]).toEqual([2, true]);
    },
    LONGEST_MS,
  );

  test.each(START)(
    'failing, it leaves %s as it was or as it should be, and nothing beside it',
    async (_, before, after) => {
      const { steps } = await setWith(folderWith(before), 'none', 0);
      const codes = new Set<number | null>();
      for (let at = 1; at <= steps.length; at += 1) {
        const folder = folderWith(before);
        const { code, stderr } = await setWith(folder, 'ENOSPC', at);
        codes.add(code);
        const told = `${steps[at - 1]}, step ${at}: ${stderr}`;
        expect([0, 2, 5], told).toContain(code);
        expect(envOf(folder), told).toBe(code === 0 ? after : before);
        if (steps[at - 1] !== 'rm') expect(leftIn(folder), told).toEqual([]);
      }
      expect(codes).toContain(5);
    },
  );
});
