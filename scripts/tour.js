// `npm start`: the whole loop on this computer, with the real program, a throw-away secret and a temporary folder.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('../bin/propiq-intercom.js', import.meta.url));
const TOPICS = ['user.created', 'conversation.user.created', 'conversation.admin.replied'];
const hasColour = process.stdout.isTTY && !process.env.NO_COLOR;
const style = (code) => (text) => (hasColour ? `\u001B[${code}m${text}\u001B[0m` : text);
const bold = style(1);
const dim = style(2);

const folder = mkdtempSync(join(tmpdir(), 'propiq-tour-'));
const env = {
  ...process.env,
  INTERCOM_WEBHOOK_SECRET: randomBytes(20).toString('hex'),
  INTERCOM_CLIENT_SECRET: '',
  INTERCOM_WEBHOOK_SECRET_PREVIOUS: '',
  PROPIQ_INTERCOM_STORE: join(folder, 'inbox.db'),
  ...(hasColour && { FORCE_COLOR: '1' }),
};
const start = (args, stderr) =>
  spawn(process.execPath, ['--', PROGRAM, ...args], { cwd: folder, env, stdio: ['ignore', 'pipe', stderr] });

/** Runs one command, shows it and what it prints, and says whether it ended as expected. */
async function play(title, args, expectedCode = 0) {
  console.log(`\n${bold(title)}\n${dim(`$ propiq-intercom ${args.join(' ')}`)}`);
  const child = start(args, 'inherit');
  child.stdout.pipe(process.stdout, { end: false });
  const [code] = await once(child, 'close');
  return code === expectedCode;
}

console.log(
  `${bold('propiq-intercom, a tour:')} a receiver on this computer, real signed notifications, nothing leaves it.`,
);
console.log(`\n${bold('1. The receiver')}\n${dim('$ propiq-intercom serve --port 0')}`);
const receiver = start(['serve', '--port', '0'], 'ignore');
const over = once(receiver, 'close');
process.once('SIGINT', () => receiver.kill('SIGTERM'));
let isShown = true;
let failed = 0;
try {
  env.INTERCOM_WEBHOOK_URL = await new Promise((ready, failure) => {
    createInterface({ input: receiver.stdout }).on('line', (line) => {
      if (isShown) console.log(dim(`  serve: ${line}`));
      const url = /http:\/\/\S+/.exec(line)?.[0];
      if (url) ready(url);
    });
    over.then(() => failure(new Error('the receiver did not start')), failure);
  });
  const steps = [
    ["2. The guide's three topics, signed as Intercom signs them", ['send-test', ...TOPICS]],
    ['3. A forged one, which must be refused', ['send-test', TOPICS[0], '--wrong-secret']],
    ['4. What is stored', ['events', 'list']],
    ['5. The receiver, judged', ['verify']],
  ];
  for (const [title, args] of steps) {
    isShown = args[0] === 'send-test'; // what the receiver logs of it, between the lines
    if (!(await play(title, args))) failed += 1;
  }
} catch (error) {
  failed += 1;
  console.error(error.message);
} finally {
  receiver.kill('SIGTERM');
  await over;
  rmSync(folder, { recursive: true, force: true });
}

console.log(
  failed === 0
    ? `\n${bold('All of it held:')} sent, verified, stored, and the forged one refused.\nNext, your own receiver:\n\n  bin/propiq-intercom.js verify https://your-host.example/intercom/webhook\n`
    : `\n${bold(`${failed} of 5 steps did not hold.`)} Run them by hand with --verbose.\n`,
);
process.exitCode = failed === 0 ? 0 : 1;
