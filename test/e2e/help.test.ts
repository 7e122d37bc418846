import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runCli, startCli, temporaryFolder } from '../support/cli.ts';
import { createCertificate } from '../support/certificates.ts';
import { ALL_COMMANDS } from '../support/commands.ts';

const KEY = { INTERCOM_WEBHOOK_SECRET: 'not-a-real-key' };
const GOLDEN = join(import.meta.dirname, '../golden/help');
const PAYLOAD = join(import.meta.dirname, '../fixtures/payloads/user.created.json');

describe('help pages', () => {
  const pages = [[], ...ALL_COMMANDS.map(({ words }) => words)];
  test.each(pages)('of %s %s', async (...words) => {
    const { stdout, stderr, code } = await runCli([...words.filter(Boolean), '--help']);
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
    await expect(stdout).toMatchFileSnapshot(
      join(GOLDEN, `${words.filter(Boolean).join('-') || 'propiq-intercom'}.txt`),
    );
  });

  test.each(ALL_COMMANDS)(
    '$words has examples and no line that a terminal of 80 columns breaks, examples excepted',
    async ({ words, command }) => {
      expect(command.examples.length).toBeGreaterThan(0);
      const { stdout } = await runCli([...words, '--help']);
      const [page = ''] = stdout.split('\nExamples:');
      expect(page.split('\n').filter((line) => line.length > 80)).toEqual([]);
    },
  );
});

/** A command line as a shell would split it; the examples use no quoting but double quotes. */
function split(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
}

const AUTHORITY = createCertificate({ commonName: 'Lab Root', isAuthority: true });

describe('the examples of the help pages', () => {
  const examples = ALL_COMMANDS.flatMap(({ command, words }) =>
    command.examples.map((line) => ({ line, words, streams: command.streams === true })),
  );

  test.each(examples)('propiq-intercom $line', async ({ line, words }) => {
    const cwd = temporaryFolder();
    copyFileSync(PAYLOAD, join(cwd, 'notification.json'));
    const delivery = { headers: { 'X-Hub-Signature': 'sha1=00' }, body: readFileSync(PAYLOAD, 'utf8') };
    writeFileSync(join(cwd, 'delivery.json'), JSON.stringify(delivery));
    const env: Record<string, string> = { ...KEY, PROPIQ_INTERCOM_STORE: join(cwd, 'inbox.db') };
    const receiver = startCli(['serve', '--port', '0', '--json'], { cwd, env });
    const ready = await receiver.output(/"type":"ready".*\n/);
    env['INTERCOM_WEBHOOK_URL'] = (JSON.parse(ready.split('\n')[0] ?? '') as { url: string }).url;
    writeFileSync(join(cwd, '.env'), `INTERCOM_WEBHOOK_SECRET=${KEY.INTERCOM_WEBHOOK_SECRET}\n`);
    writeFileSync(
      join(cwd, 'propiq-intercom.config.json'),
      JSON.stringify({ profiles: { staging: { url: env['INTERCOM_WEBHOOK_URL'] } } }),
    );
    writeFileSync(join(cwd, 'ca.pem'), AUTHORITY.pem);
    // an application for --spawn, and what deploys it
    writeFileSync(
      join(cwd, 'package.json'),
      JSON.stringify({ scripts: { start: 'node app.js', deploy: 'node --version' } }),
    );
    writeFileSync(
      join(cwd, 'app.js'),
      `require('node:http').createServer((_, response) => response.end()).listen(process.env.PORT, '127.0.0.1')`,
    );
    const sent = await runCli(['send-test', 'user.created', '--id', 'notif_example'], { cwd, env });
    expect(sent.code).toBe(0);
    if (words[0] === 'serve' || words[0] === 'sandbox') {
      const asked = split(line.replace('http://127.0.0.1:8000/intercom/webhook', env['INTERCOM_WEBHOOK_URL']));
      const example = startCli([...asked, '--port', '0'], {
        cwd,
        env: { ...env, PROPIQ_INTERCOM_STORE: join(cwd, 'second.db'), TMPDIR: cwd },
      });
      await example.output(/http:\/\/127\.0\.0\.1:\d+|"type":"ready"/);
      return;
    }
    const { code, stderr } = await runCli(
      split(line.replace('https://propiq.example/intercom/webhook', env['INTERCOM_WEBHOOK_URL'])),
      { cwd, env, input: 'not-a-real-key' },
    );
    expect([0, 1], stderr).toContain(code);
    expect(stderr).not.toContain('There is no');
  });
});
