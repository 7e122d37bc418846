import { describe, expect, test } from 'vitest';
import { runCli } from '../support/cli.ts';
import { expectValid } from '../support/schemas.ts';
import { openTerminal } from '../support/terminal.ts';

interface ListedTopic {
  readonly name: string;
  readonly group: string;
  readonly legacyName: string | null;
  readonly currentName: string | null;
  readonly permissions: readonly string[];
  readonly sample: string | null;
}

async function list(...args: readonly string[]): Promise<readonly ListedTopic[]> {
  const { stdout, code } = await runCli(['topics', 'list', ...args, '--json']);
  expect(code).toBe(0);
  const body = expectValid(stdout, 'topics-list') as { count: number; topics: readonly ListedTopic[] };
  expect(body.count).toBe(body.topics.length);
  return body.topics;
}

async function failure(...args: readonly string[]): Promise<{ code: string; hint: string }> {
  const { stdout, code } = await runCli([...args, '--json']);
  expect(code).toBe(2);
  return expectValid(stdout, args.slice(0, 2).join('-'))['error'] as { code: string; hint: string };
}

/** What cannot be broken: commands to copy, and names. */
const overlong = (text: string, columns: number): readonly string[] =>
  text.split(/\r?\n/).filter((line) => line.length > columns && !/^\S* ?(?:→ )?propiq-intercom /.test(line.trim()));

describe('topics list', () => {
  test('has every topic of the catalogue, with both names, permission and sample', async () => {
    const topics = await list();
    expect(topics).toHaveLength(131);
    expect(topics.find(({ name }) => name === 'user.created')).toMatchObject({
      group: 'user (legacy)',
      currentName: 'contact.user.created',
      sample: 'captured',
    });
    expect(topics.find(({ name }) => name === 'call.started')).toMatchObject({ sample: null });
  });

  test.each([
    [['--api-version', '2.4'], 'user.created', 'contact.user.created'],
    [['--api-version', '2.18'], 'contact.user.created', 'user.created'],
    [['--api-version', 'preview'], 'audience.created', 'user.created'],
    [['--group', 'ticket'], 'ticket.closed', 'ping'],
    [['--group', 'USER'], 'user.created', 'contact.user.created'],
    [['replied'], 'ticket.contact.replied', 'ping'],
    [['--search', 'New message from'], 'conversation.user.created', 'ping'],
    [['tag', '--group', 'contact'], 'contact.user.tag.created', 'user.tag.created'],
  ])('%j has %s and not %s', async (args, one, other) => {
    const names = (await list(...args)).map(({ name }) => name);
    expect(names).toContain(one);
    expect(names).not.toContain(other);
  });

  test('with nothing that matches is no failure, and helps', async () => {
    expect(await list('contct.user')).toEqual([]);
    const { stdout, code } = await runCli(['topics', 'list', 'usr.created']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/No topic matches\. Did you mean .*user\.created/);
  });

  test('shows groups, names and what they were called', async () => {
    const { stdout, stderr, code } = await runCli(['topics', 'list']);
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
    expect(stdout).toMatch(/^contact$/m);
    expect(stdout).toMatch(/^ {2}contact\.user\.created +captured +was user\.created$/m);
    expect(stdout).toMatch(/^ {2}permission: any of Read users and companies/m);
    expect(overlong(stdout, 80)).toEqual([]);
  });

  test('fits into 60 columns', async () => {
    const { screen, code } = await openTerminal(['topics', 'list'], { columns: 60, env: { NO_COLOR: '1' } }).ended;
    expect(code).toBe(0);
    expect(overlong(screen, 60)).toEqual([]);
    expect(screen).toMatch(/^ {6}now contact\.unsubscribed_from_sms/m);
  });

  test.each([
    [['--group', 'tikcet'], 'usage/invalid-value', /ticket/],
    [['--group', ''], 'usage/invalid-value', /./],
    [['--api-version', '2.99'], 'usage/invalid-value', /./],
    [['--serach', 'x'], 'usage/unknown-option', /--search/],
  ])('refuses %j', async (args, code, hint) => {
    expect(await failure('topics', 'list', ...args)).toMatchObject({ code, hint: expect.stringMatching(hint) });
  });
});

describe('topics show', () => {
  const show = async (...args: readonly string[]): Promise<Record<string, unknown>> => {
    const { stdout, code } = await runCli(['topics', 'show', ...args, '--json']);
    expect(code).toBe(0);
    return expectValid(stdout, 'topics-show');
  };

  test('tells all about a topic, under its old name too', async () => {
    expect(await show('user.created')).toMatchObject({
      currentName: 'contact.user.created',
      versions: '1.0 to 2.4',
      sample: { origin: 'captured', notification: { topic: 'user.created', data: { item: { type: 'user' } } } },
    });
    expect(await show('contact.user.created')).toMatchObject({ hubLabel: 'User created', legacyName: 'user.created' });
  });

  test.each([
    ['2.14', 'ticket'],
    ['2.18', 'ticket_ticket_part'],
  ])('has the sample of API %s', async (version, type) => {
    expect(await show('ticket.closed', '--api-version', version)).toMatchObject({
      sample: { apiVersion: version, notification: { data: { item: { type } } } },
    });
  });

  test('has none where the shape is not known, and says what to do', async () => {
    expect(await show('call.started')).toMatchObject({ sample: null });
    const { stdout } = await runCli(['topics', 'show', 'call.started']);
    expect(stdout).toContain('propiq-intercom send-test --data @notification.json');
    expect((await runCli(['topics', 'show', 'conversation'])).stdout).toContain('it stood for all topics below it');
  });

  test('says how sure it is, and where it comes from', async () => {
    const { stdout } = await runCli(['topics', 'show', 'ticket.note.created']);
    expect(stdout.replace(/\s+/g, ' ')).toContain(
      "item type ticket (assumed from the tables of Intercom's reference); the sample has ticket_ticket_part",
    );
    expect(stdout).toContain('certainty     documented');
    expect(stdout).toMatch(/Sample \(API 2\.18\), composed\. Never captured\./);
    expect(stdout).toMatch(/sources +https:\/\/developers\.intercom\.com\//);
  });

  test('prints the same page each time, sample included', async () => {
    const [one, two] = [await runCli(['topics', 'show', 'ping']), await runCli(['topics', 'show', 'ping'])];
    expect(two.stdout).toBe(one.stdout);
    expect(JSON.parse(one.stdout.slice(one.stdout.indexOf('\n{')))).toMatchObject({ topic: 'ping', id: null });
  });

  test('an unknown topic is answered with close ones', async () => {
    expect(await failure('topics', 'show', 'conversation.user.creatd')).toMatchObject({
      code: 'topic/unknown',
      hint: expect.stringContaining('conversation.user.created'),
    });
    expect(await failure('topics', 'show')).toMatchObject({ code: 'usage/missing-input' });
  });
});
