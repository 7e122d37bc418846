import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startChild } from '../../../src/adapters/child.ts';
import type { Child } from '../../../src/base/ports.ts';
import { decodeUtf8 } from '../../../src/base/text.ts';
import { temporaryFolder } from '../../support/cli.ts';
import { isRunning } from '../../support/processes.ts';

function start(command: string, environment: Readonly<Record<string, string>> = {}): { child: Child; folder: string } {
  const folder = temporaryFolder();
  const child = startChild({
    command,
    cwd: folder,
    environment: { PATH: process.env['PATH'] ?? '', ...environment },
    stdio: 'kept',
  });
  onTestFinished(() => child.stop());
  return { child, folder };
}

/** The id that a program wrote into a file, once it is there. */
async function idIn(folder: string, name: string): Promise<number> {
  await expect
    .poll(() => existsSync(join(folder, name)) && readFileSync(join(folder, name), 'utf8'))
    .toMatch(/^\d+\n$/);
  return Number(readFileSync(join(folder, name), 'utf8'));
}

describe('a child', () => {
  test('runs a command line through the shell, with just the environment it is given', async () => {
    const { child } = start('echo "$GIVEN $HOME"; echo trouble >&2; exit 3', { GIVEN: 'a b' });
    expect(await child.ended).toEqual({ code: 3, signal: null });
    await child.stop();
    expect(decodeUtf8(child.output())).toBe('a b \ntrouble\n');
  });

  test('keeps the end of a long output, and is not held up by it', async () => {
    const { child } = start('seq 1 200000; echo over');
    await child.ended;
    await expect.poll(() => decodeUtf8(child.output())).toMatch(/over\n$/);
    expect(child.output().length).toBeLessThanOrEqual(64 * 1024);
  });

  test('is gone after a stop with all that it started, whatever tries to stay', async () => {
    const stays = `sh -c 'trap "" TERM; echo $$ > NAME; while :; do sleep 1; done'`;
    const { child, folder } = start(
      [
        `${stays.replace('NAME', 'deaf')} &`,
        `setsid ${stays.replace('NAME', 'own-session')} &`,
        `(setsid ${stays.replace('NAME', 'orphan')} &) &`,
        `env -i PATH="$PATH" ${stays.replace('NAME', 'no-environment')} &`,
        'wait',
      ].join('\n'),
    );
    const ids: number[] = [];
    for (const name of ['deaf', 'own-session', 'orphan', 'no-environment']) ids.push(await idIn(folder, name));
    expect(ids.filter(isRunning)).toHaveLength(4);
    await child.stop();
    expect(ids.filter(isRunning)).toEqual([]);
  });

  test('gets time to end well', async () => {
    const { child, folder } = start(`trap 'echo 1 > ended; exit 0' TERM; echo $$ > id; while :; do sleep 0.05; done`);
    await idIn(folder, 'id');
    await child.stop();
    expect(existsSync(join(folder, 'ended'))).toBe(true);
  });

  test('may be stopped when it is over, and twice', async () => {
    const { child } = start('exit 0');
    await child.ended;
    await child.stop();
    await child.stop();
    expect(await child.ended).toEqual({ code: 0, signal: null });
  });

  test('that cannot be started says so', async () => {
    const child = startChild({ command: 'true', cwd: '/nowhere/at/all', environment: {}, stdio: 'kept' });
    expect(await child.ended).toMatchObject({ code: null, problem: expect.stringContaining('ENOENT') as string });
    await child.stop();
  });
});
