import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../support/cli.ts';
import { sendAll } from '../support/load.ts';
import { send } from '../support/raw-http.ts';
import { expectValid } from '../support/schemas.ts';
import { openTerminal } from '../support/terminal.ts';
import { delivery, notification, type Served, sign, startServe } from '../support/serve.ts';

const OLD = 'the-old-not-a-real-key';
const NEW = 'the-new-not-a-real-key';

function write(cwd: string, text: string): void {
  writeFileSync(join(cwd, '.env'), text);
}

/** As careful editors do it: another file takes its place. */
function replace(cwd: string, text: string): void {
  writeFileSync(join(cwd, '.env.next'), text);
  renameSync(join(cwd, '.env.next'), join(cwd, '.env'));
}

async function servedFrom(text: string, env: Readonly<Record<string, string>> = {}): Promise<Served> {
  const cwd = temporaryFolder();
  write(cwd, text);
  return startServe([], { cwd, env: { INTERCOM_WEBHOOK_SECRET: '', ...env } });
}

const signedWith = (key: string, id: string): Buffer => {
  const body = notification(id);
  return delivery(body, [`X-Hub-Signature: ${sign(body, 'sha1', key)}`]);
};
let last = 0;
const statusOf = async ({ port }: Served, key: string): Promise<number> =>
  (await send(port, signedWith(key, `notif_r${(last += 1)}`))).status;

/** Resolves with what was said on standard error once it matches. */
function said({ child }: Served, pattern: RegExp): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    child.stderr?.on('data', (part: Buffer) => {
      text += part.toString();
      if (pattern.test(text)) resolve(text);
    });
  });
}

describe('the secrets of a receiver that runs', () => {
  test('are exchanged on SIGHUP, under load, without one wrong answer to what is rightly signed', async () => {
    const served = await servedFrom(`INTERCOM_WEBHOOK_SECRET=${OLD}\n`);
    const answers: number[] = [];
    let isOver = false;
    // whoever sends knows the new secret only once it was taken up; the old one stays as the previous one
    const requests = Array.from({ length: 20_000 }, (_, at) => signedWith(OLD, `notif_load${at}`));
    const load = sendAll(
      served.port,
      requests,
      16,
      ({ status }) => answers.push(status),
      () => isOver,
    );
    for (let round = 0; round < 5; round += 1) {
      const told = said(served, /Read again \(SIGHUP\).*\n/);
      write(served.cwd, `INTERCOM_WEBHOOK_SECRET=${NEW}${round}\nINTERCOM_WEBHOOK_SECRET_PREVIOUS=${OLD}\n`);
      served.child.kill('SIGHUP');
      await told;
      expect(await statusOf(served, `${NEW}${round}`)).toBe(200);
    }
    isOver = true;
    await load;
    expect(answers.length).toBeGreaterThan(0);
    expect(answers.filter((status) => status !== 200)).toEqual([]);
    expect(await statusOf(served, `${NEW}0`)).toBe(401);
    served.child.kill('SIGTERM');
    const { stdout, stderr } = await served.finished;
    const summary = expectValid(stdout.trimEnd().split('\n').at(-1) ?? '', 'serve');
    expect(summary['refusedByStatus']).toEqual({ 401: 1 });
    expect(summary['signedWith']).toMatchObject({ current: expect.any(Number) as number });
    expect((summary['signedWith'] as { previous: number }).previous).toBeGreaterThan(0);
    expect(stderr).toMatch(/\d+ signed with the previous secret/);
    expect(stdout + stderr).not.toContain(OLD);
    expect(stdout + stderr).not.toContain(NEW);
  });

  test('are exchanged when the env file is written or replaced, and each event tells which one it was', async () => {
    const served = await servedFrom(`INTERCOM_WEBHOOK_SECRET=${OLD}\n`);
    const first = said(served, /the env file changed\).*previous one is accepted/);
    replace(served.cwd, `INTERCOM_WEBHOOK_SECRET=${NEW}\nINTERCOM_WEBHOOK_SECRET_PREVIOUS=${OLD}\n`);
    await first;
    expect([await statusOf(served, NEW), await statusOf(served, OLD)]).toEqual([200, 200]);
    const second = said(served, /no previous one/);
    write(served.cwd, `INTERCOM_WEBHOOK_SECRET=${NEW}\n`);
    await second;
    expect([await statusOf(served, NEW), await statusOf(served, OLD)]).toEqual([200, 401]);
    served.child.kill('SIGTERM');
    const records = (await served.finished).stdout.trimEnd().split('\n');
    const events = records.map((line) => expectValid(line, 'serve')).filter(({ type }) => type === 'event');
    expect(events.map(({ secret }) => secret)).toEqual(['current', 'previous', 'current']);
  });

  test.each([
    ['is empty', ''],
    ['has lost its secret', 'INTERCOM_APP_ID=x\n'],
    ['has an empty secret', 'INTERCOM_WEBHOOK_SECRET=\n'],
    ['names the secret without a value', 'INTERCOM_WEBHOOK_SECRET\n'],
    ['has a placeholder', 'INTERCOM_WEBHOOK_SECRET=whsec_YOUR_SECRET_HERE\n'],
    ['is no text', 'INTERCOM_WEBHOOK_SECRET=\0\u0001\n'],
  ])('stay in force when the file %s, and that is said', async (_, text) => {
    const served = await servedFrom(`INTERCOM_WEBHOOK_SECRET=${OLD}\n`);
    const told = said(served, /stay in force/);
    write(served.cwd, text);
    served.child.kill('SIGHUP');
    expect(await told).toContain('Read again (SIGHUP)');
    expect(await statusOf(served, OLD)).toBe(200);
  });

  test('come late: what was answered with 503 is taken once there is one', async () => {
    const served = await servedFrom('');
    expect(await statusOf(served, NEW)).toBe(503);
    const told = said(served, /the secrets were exchanged/);
    write(served.cwd, `INTERCOM_WEBHOOK_SECRET=${NEW}\n`);
    served.child.kill('SIGHUP');
    await told;
    expect(await statusOf(served, NEW)).toBe(200);
  });

  test('of the environment are not replaced by those of the file', async () => {
    const served = await servedFrom('', { INTERCOM_WEBHOOK_SECRET: OLD });
    const told = said(served, /the same as before/);
    write(served.cwd, `INTERCOM_WEBHOOK_SECRET=${NEW}\n`);
    served.child.kill('SIGHUP');
    await told;
    expect([await statusOf(served, OLD), await statusOf(served, NEW)]).toEqual([200, 401]);
  });
});

test('SIGHUP from a terminal that is still there reads again; the one of a terminal that goes away ends serve', async () => {
  const terminal = openTerminal(['serve', '--port', '0'], {
    env: { INTERCOM_WEBHOOK_SECRET: OLD, PROPIQ_INTERCOM_STORE: 'memory:' },
  });
  await terminal.shows(/Listening on/);
  terminal.signal('SIGHUP');
  await terminal.shows(/Read again \(SIGHUP\)/);
  terminal.hangUp();
  expect((await terminal.ended).signal).toBe(1);
});
