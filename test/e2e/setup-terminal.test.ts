import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { expectNowhere } from '../support/canary.ts';
import { temporaryFolder } from '../support/cli.ts';
import { isRunning } from '../support/processes.ts';
import { CLIENT_SECRET, GUIDE_ENV, type Lab, openLab, TOKEN } from '../support/setup.ts';
import { openTerminal, type Terminal, type TerminalOptions } from '../support/terminal.ts';

const [ENTER, TAB, SPACE, DOWN, CTRL_C, CTRL_D, CTRL_U] = ['\r', '\t', ' ', '\u001B[B', '\u0003', '\u0004', '\u0015'];
const pasted = (text: string): string => `\u001B[200~${text}\u001B[201~`;

/** What is on the screen, and what is typed then. */
type Turn = readonly [shows: RegExp, keys: string];

async function play(terminal: Terminal, turns: readonly Turn[]): Promise<void> {
  for (const [pattern, keys] of turns) {
    await terminal.shows(pattern);
    terminal.type(keys);
  }
}

const open = (lab: Lab, args: readonly string[] = [], options: TerminalOptions = {}): Terminal =>
  openTerminal(['setup', '--api-base', lab.api, ...args], { cwd: lab.cwd, ...options });

/** The whole journey by hand, in the order of the questions. */
const journey = (lab: Lab): readonly Turn[] => [
  [/Access token \(Enter/, ENTER],
  [/Which address/, ENTER],
  [/Webhook URL:/, lab.url.replace('/intercom/webhook', '')],
  [/Tab takes.*\/intercom\/webhook/, TAB],
  [/on this computer or a private/, ENTER],
  [/API version of the app/, ENTER],
  [/3 topics marked/, 'ticket.cre'],
  [/ticket\.created/, SPACE],
  [/4 topics marked/, ENTER],
  [/Go on\?/, ENTER],
  [/Enter when the app is open/, ENTER],
  [/Enter when version and permissions/, ENTER],
  [/Enter when the URL is pasted/, ENTER],
  [/Enter when the topics are chosen/, ENTER],
  [/Enter when it is saved/, ENTER],
  [/Client secret:/, pasted(`${CLIENT_SECRET}\n`)],
  [/Enter when it is deployed/, ENTER],
  [/Enter when it is sent/, ENTER],
];

describe('setup in a terminal', () => {
  test('typing, arrows, search and a paste end in the same file as flags', async () => {
    const lab = await openLab();
    const terminal = open(lab);
    await play(terminal, journey(lab));
    const { code, screen } = await terminal.ended;
    const text = stripVTControlCharacters(screen);
    expect(code, text).toBe(0);
    expect(text).toMatch(/Done by this run\s+Secret/);
    expect(text).toMatch(/Done by you\s+Subscription, Deploy/);
    expectNowhere(CLIENT_SECRET, { texts: [screen, text], folder: lab.cwd, allowed: ['.env'] });

    const other = await openLab();
    await other.setup(['--url', other.url, '--mode', 'guide', '--secret-stdin', '--yes'], { input: CLIENT_SECRET });
    expect(lab.env().replace(lab.url, 'URL')).toBe(other.env().replace(other.url, 'URL'));
  });

  test('through the API: the token is masked, the plan is agreed to, the ping arrives', async () => {
    const lab = await openLab();
    const env = { PROPIQ_INTERCOM_STORE: lab.store };
    const terminal = open(lab, ['--url', lab.url, '--topics', 'user.created', '--api-version', '2.18'], { env });
    await play(terminal, [
      [/Access token \(Enter/, `${TOKEN}\n`],
      [/made through the API[^]*Go on\?/, 'y\r'],
      [/Enter when it is deployed/, ENTER],
    ]);
    const { code, screen } = await terminal.ended;
    expect(code, screen).toBe(0);
    expect(stripVTControlCharacters(screen)).toMatch(/a ping from Intercom\s+arrived, rightly signed/);
    expectNowhere(TOKEN, { texts: [screen], folder: lab.cwd, allowed: ['.env'] });
  });

  test('arrow keys move in the list of topics, and an empty choice is not taken', async () => {
    const lab = await openLab();
    const terminal = open(lab, ['--url', lab.url, '--api-version', '2.18', '--dry-run']);
    await play(terminal, [
      [/Access token \(Enter/, ENTER],
      [/3 topics marked/, SPACE],
      [/2 topics marked/, `${DOWN}${SPACE}`],
      [/1 topic marked/, `${DOWN}${SPACE}`],
      [/0 topics marked/, ENTER],
      [/Mark at least one with space/, `${DOWN}${SPACE}`],
      [/1 topic marked[^]*1 topic marked/, ENTER],
    ]);
    const { code, screen } = await terminal.ended;
    expect(code, screen).toBe(0);
    expect(stripVTControlCharacters(screen)).toMatch(/Topics\s+contact\.deleted \(was user\.deleted\)\s*\n/);
    expect(lab.env()).toBe(GUIDE_ENV);
  });

  test('a secret that cannot be one is asked for again, with the reason', async () => {
    const lab = await openLab();
    const args = ['--url', lab.url, '--api-version', '2.18', '--topics', 'user.created', '--mode', 'guide'];
    const terminal = open(lab, args);
    const walk = journey(lab).filter(([pattern]) =>
      /Enter when (?!it is (?:deployed|sent))|Go on/.test(pattern.source),
    );
    await play(terminal, [
      [/Access token \(Enter/, ENTER],
      ...walk,
      [/Client secret:/, pasted('whsec_YOUR_SECRET_HERE\n')],
      [/It is a placeholder/, `${CTRL_U}"${CLIENT_SECRET}"${ENTER}`],
      [/There are quotes around it/, `${CTRL_U}${CLIENT_SECRET}${ENTER}`],
      [/Enter when it is deployed/, ENTER],
      [/Enter when it is sent/, ENTER],
    ]);
    expect((await terminal.ended).code).toBe(0);
    expect(lab.env()).toContain(`INTERCOM_WEBHOOK_SECRET=${CLIENT_SECRET}\n`);
  });

  test('a second run asks whether the Developer Hub has it already, and changes no byte', async () => {
    const lab = await openLab();
    await lab.setup(['--url', lab.url, '--mode', 'guide', '--secret-stdin', '--yes'], { input: CLIENT_SECRET });
    const before = lab.env();
    const terminal = open(lab);
    await play(terminal, [
      [/Access token \(Enter/, ENTER],
      [/from INTERCOM_WEBHOOK_URL in \.env/, ENTER],
      [/API version/, ENTER],
      [/3 topics marked/, ENTER],
      [/Does the Developer Hub have this URL/, 'y\r'],
      [/Go on\?/, ENTER],
      [/Enter when it is sent/, ENTER],
    ]);
    const { code, screen } = await terminal.ended;
    expect(code, screen).toBe(0);
    expect(screen).not.toContain('Developer Hub 1 of');
    expect(lab.env()).toBe(before);
  });

  test('a deploy command of a profile is shown and asked for', async () => {
    const lab = await openLab();
    const profiles = { staging: { url: lab.url, deploy: 'touch ran.txt' } };
    lab.write('propiq-intercom.config.json', JSON.stringify({ profiles }));
    const args = ['--profile', 'staging', '--mode', 'guide', '--hub-done', '--no-test'];
    const terminal = open(lab, args, { env: { INTERCOM_WEBHOOK_SECRET: CLIENT_SECRET } });
    await play(terminal, [
      [/Access token \(Enter/, ENTER],
      [/API version/, ENTER],
      [/3 topics marked/, ENTER],
      [/profile "staging" has this command:\s+touch ran\.txt[^]*Run it when/, 'y\r'],
      [/Go on\?/, ENTER],
    ]);
    expect((await terminal.ended).code).toBe(0);
    expect(existsSync(join(lab.cwd, 'ran.txt'))).toBe(true);
  });
});

test('--yes in a terminal asks only for what has no default', async () => {
  const lab = await openLab();
  const terminal = open(lab, ['--url', lab.url, '--mode', 'guide', '--yes']);
  await play(terminal, [[/Client secret:/, `${CLIENT_SECRET}${ENTER}`]]);
  const { code, screen } = await terminal.ended;
  expect(code, screen).toBe(0);
  expect(lab.env()).toContain(`INTERCOM_WEBHOOK_SECRET=${CLIENT_SECRET}\n`);
});

describe('Ctrl-C', () => {
  const names = journey({ url: '', cwd: '', api: '' } as Lab).map(([pattern], at) => [at, pattern.source] as const);

  test.each(names)('at question %i (%s) is a death by SIGINT that tells the truth', async (at) => {
    const lab = await openLab();
    const terminal = open(lab);
    const turns = journey(lab);
    await play(terminal, [...turns.slice(0, at), [turns[at]?.[0] ?? /never/, CTRL_C]]);
    const { signal, screen } = await terminal.ended;
    const text = stripVTControlCharacters(screen);
    expect(signal, text).toBe(2);
    expect(lab.env() !== GUIDE_ENV).toBe(at >= 16);
    if (at <= 9) expect(text).toContain('Cancelled, nothing was changed.');
    else if (at <= 14) expect(text).toContain('nothing was changed here; what you saved in the Developer Hub stays.');
    else expect(text).toMatch(/Interrupted\. Done until then:\s+subscription: URL and 4 topics saved/);
    if (at >= 15) expect(text).toMatch(/To go on, without the walk:\s+propiq-intercom setup .*--hub-done/);
    if (at >= 16) expect(text).toMatch(/secret: \.env: INTERCOM_WEBHOOK_SECRET/);
  });

  test.each([0, 1, 6, 9, 10, 15])('so is Ctrl-D, the end of the input, at question %i', async (at) => {
    const lab = await openLab();
    const terminal = open(lab);
    const turns = journey(lab);
    await play(terminal, [...turns.slice(0, at), [turns[at]?.[0] ?? /never/, CTRL_D]]);
    const { signal, screen } = await terminal.ended;
    const text = stripVTControlCharacters(screen);
    expect(signal, text).toBe(2);
    expect(text).toMatch(at < 15 ? /nothing was changed/ : /Interrupted\. Done until then:/);
    expect(text).not.toContain('top-level await');
    expect(lab.env()).toBe(GUIDE_ENV);
  });

  test('Ctrl-D in a line that is not empty, or behind the last answer, ends nothing', async () => {
    const lab = await openLab();
    const args = ['--url', lab.url, '--topics', 'user.created', '--api-version', '2.18', '--mode', 'api', '--dry-run'];
    const terminal = open(lab, args);
    await play(terminal, [[/Access token:/, `${TOKEN}${CTRL_D}${ENTER}${CTRL_D}`]]);
    const { code, screen } = await terminal.ended;
    expect(code, screen).toBe(0);
  });

  test('while the deploy command runs ends all that it started', async () => {
    const lab = await openLab();
    const script = 'sleep 300 & echo $! > child.pid; echo running; wait';
    const args = ['--url', lab.url, '--mode', 'guide', '--hub-done', '--yes', '--deploy', script];
    const terminal = open(lab, args, { env: { INTERCOM_WEBHOOK_SECRET: CLIENT_SECRET } });
    await play(terminal, [[/\nrunning/, CTRL_C]]);
    const { signal, screen } = await terminal.ended;
    expect(signal, screen).toBe(2);
    const pid = Number(readFileSync(join(lab.cwd, 'child.pid'), 'utf8'));
    expect(isRunning(pid)).toBe(false);
    expect(screen).toContain('secret: .env');
  });

  test('in the sandbox journey leaves nothing behind', async () => {
    const temporary = temporaryFolder();
    const terminal = openTerminal(['setup', '--sandbox'], { env: { TMPDIR: temporary } });
    await play(terminal, [[/Subscription/, CTRL_C]]);
    expect((await terminal.ended).signal).toBe(2);
    expect(readdirSync(temporary)).toEqual([]);
  });
});

describe('other terminals', () => {
  test('60 columns: values to copy stay whole, on lines of their own', async () => {
    const lab = await openLab();
    const terminal = open(lab, [], { columns: 60, env: { NO_COLOR: '1' } });
    await play(terminal, journey(lab));
    const { code, screen } = await terminal.ended;
    expect(code, screen).toBe(0);
    for (const value of [lab.url, 'contact.user.created', 'ticket.created'])
      expect(screen.split(/\r?\n/)).toContain(`    ${value}`);
  });

  test('NO_COLOR: not one colour', async () => {
    const lab = await openLab();
    const terminal = open(lab, [], { env: { NO_COLOR: '1' } });
    await play(terminal, journey(lab));
    const { screen } = await terminal.ended;
    const sequences = screen.split('\u001B[').map((part) => /^[0-9;]*([A-Za-z])/.exec(part)?.[1]);
    expect(sequences).not.toContain('m');
  });

  test('TERM=dumb: lines and numbers, and no sequence at all', async () => {
    const lab = await openLab();
    const terminal = open(lab, [], { env: { TERM: 'dumb' } });
    await play(terminal, [
      [/Access token .*\(nothing shows\)/, ENTER],
      [/Number, 1 to 3:/, '1\r'],
      [/Webhook URL:/, `${lab.url.replace('/intercom/webhook', '')}\r`],
      [/Webhook URL: \[/, ENTER],
      [/API version of the app/, ENTER],
      [/or \?word to search/, '?ticket.cre\r'],
      [/ticket\.created {2}Read tickets/, 'user.nothing\r'],
      [/Not in the list: user\.nothing/, ENTER],
      [/Go on\?/, ENTER],
      ...journey(lab).slice(10, 15),
      [/Client secret:/, pasted(`${CLIENT_SECRET}\n`)],
      ...journey(lab).slice(16),
    ]);
    const { code, screen } = await terminal.ended;
    expect(code, screen).toBe(0);
    expect(screen.replaceAll('^[[200~', '').includes('\u001B')).toBe(false);
    expectNowhere(CLIENT_SECRET, { texts: [screen], folder: lab.cwd, allowed: ['.env'] });
    expect(lab.env()).toContain(`INTERCOM_WEBHOOK_SECRET=${CLIENT_SECRET}\n`);
  });
});
