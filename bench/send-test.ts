import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beside, PROGRAM, withReceiver } from './contestants.ts';
import { isInstalled, notificationBody, SECRET } from './load.ts';
import { missing, ratioRow, report, spread, tell } from './rows.ts';

/** `send-test --count`, an id and a signature each, beside `hey`, which sends one body over and over. */
const ROUNDS = 5;
const COUNT = 20_000;
const CONNECTIONS = 16;
const what = `send-test --count ${COUNT} --concurrency ${CONNECTIONS}`;

const TELL_PEAK = 'process.on("exit", () => process.stderr.write(String(process.resourceUsage().maxRSS)))';

if (isInstalled('hey')) {
  const [own, others, memory]: [number[], number[], number[]] = [[], [], []];
  for (let round = 0; round < ROUNDS; round += 1) {
    await withReceiver(
      () => beside('bare'),
      ({ port, folder }) => {
        const url = `http://127.0.0.1:${port}/intercom/webhook`;
        hey(url, folder, 2000); // the receiver is compiled before either is measured
        others.push(hey(url, folder, COUNT));
        own.push(sendTest(url, folder, COUNT));
        memory.push(peakMb(url, folder, COUNT) - peakMb(url, folder, COUNT / 4));
      },
    );
    tell(`send-test ${own.at(-1)?.toFixed(0)}/s, hey ${others.at(-1)?.toFixed(0)}/s`);
  }
  const measured = `${spread(own, '/s')}; hey ${spread(others, '/s')}`;
  report([
    ratioRow(what, measured, own, others, { against: 'hey', least: 0.7 }),
    {
      what: `memory of send-test, ${COUNT} instead of ${COUNT / 4}`,
      measured: spread(memory, 'MB'),
      result: `${Math.max(...memory).toFixed(0)} MB more at most`,
      goal: 'flat (± 30 MB)',
      verdict: Math.max(...memory) < 30 ? 'met' : 'missed',
    },
  ]);
} else report([missing(what, 'hey is not installed')]);

function sendTest(url: string, folder: string, count: number): number {
  const { load } = JSON.parse(run(url, folder, count).stdout) as { load: { achievedRate: number } };
  return load.achievedRate;
}

function run(url: string, folder: string, count: number, nodeFlags: readonly string[] = []) {
  const flags = ['--count', String(count), '--concurrency', String(CONNECTIONS), '--url', url, '--json'];
  return spawnSync(process.execPath, [...nodeFlags, '--', PROGRAM, 'send-test', 'contact.user.created', ...flags], {
    cwd: folder,
    env: { PATH: process.env['PATH'], HOME: folder, INTERCOM_WEBHOOK_SECRET: SECRET },
    encoding: 'utf8',
  });
}

function peakMb(url: string, folder: string, count: number): number {
  const { stderr } = run(url, folder, count, ['--import', `data:text/javascript,${encodeURIComponent(TELL_PEAK)}`]);
  return Number(stderr) / 1024;
}

function hey(url: string, folder: string, count: number): number {
  const file = join(folder, 'body.json');
  writeFileSync(file, notificationBody());
  const args = [
    '-n',
    String(count),
    '-c',
    String(CONNECTIONS),
    '-m',
    'POST',
    '-T',
    'application/json',
    '-D',
    file,
    url,
  ];
  const { stdout } = spawnSync('hey', args, { encoding: 'utf8' });
  const answered = Number(/\[200\]\s+(\d+)/.exec(stdout)?.[1]);
  if (answered !== count) throw new Error(`hey: ${stdout}`);
  return Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1]);
}
