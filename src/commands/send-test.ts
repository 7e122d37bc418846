import { parseRate, parseWhole } from '../base/quantity.ts';
import { choice, defineCommand, list, text, toggle, value } from './command.ts';

const MOST = 1_000_000;
const MOST_AT_ONCE = 1000;
const parseCount = (given: string): number => parseWhole(given, 1, MOST);
const parseConcurrency = (given: string): number => parseWhole(given, 1, MOST_AT_ONCE);

export const sendTest = defineCommand({
  schema: 'send-test',
  interrupted: 'Interrupted: what had been sent by then has been sent.',
  about:
    "Builds, signs and sends sample notifications as Intercom does, and compares the answers with what is expected. Without a topic: the guide's three (a user created, a conversation started, a teammate's reply), under the names of the API version. The URL is INTERCOM_WEBHOOK_URL unless --url names another. With --count it sends that many, the topics in turn, each with an id and a signature of its own, and measures: with --rate from the moment at which each should have left, so that a slow receiver cannot hide.",
  args: [{ spec: '[topic...]', about: 'topics to send; see topics list', completes: 'topic' }],
  flags: {
    url: text('--url <url>', 'address of the receiver'),
    all: toggle('--all', 'every topic of the API version whose shape is known'),
    data: text('--data <@file>', 'send these bytes as they are; - is standard input'),
    set: list('--set <path=value>', 'change a value of the sample; path:=json too'),
    id: text('--id <id>', 'id of the notification, instead of a fresh one'),
    sample: choice('--sample <kind>', ['intercom', 'guide'], "guide: the two samples of PropIQ's guide"),
    apiVersion: text('--api-version <version>', 'names and shapes of that version; default the newest'),
    seed: text('--seed <text>', 'the same seed gives the same bytes, time included'),
    algorithm: choice('--algorithm <name>', ['auto', 'sha1', 'sha256'], 'auto: sha1, on 401 sha256'),
    unsigned: toggle('--unsigned', 'without a signature; expects 401'),
    wrongSecret: toggle('--wrong-secret', 'signed with a wrong secret; expects 401'),
    tamper: toggle('--tamper', 'changed after signing; expects 401'),
    expect: text('--expect <status>', '200, 2xx, or several with commas; default 2xx'),
    timeout: text('--timeout <time>', 'longest wait for one answer; default 5s'),
    count: value('--count <n>', 'send so many, each with its own id; prints latencies', parseCount),
    concurrency: value('--concurrency <n>', 'so many at a time; default 10, with --rate 100', parseConcurrency),
    rate: value('--rate <n/s>', 'start so many a second, however slow the answers', parseRate),
    print: toggle('--print', 'show the exact request and a curl for it, send nothing'),
    secretStdin: toggle('--secret-stdin', 'read the secret from standard input'),
    dryRun: toggle('-n, --dry-run', 'the same as --print'),
    yes: toggle('-y, --yes', 'send to another host than the configured, or many'),
  },
  examples: [
    'send-test',
    'send-test ping contact.deleted --json',
    'send-test conversation.user.replied --set data.item.source.subject=Viewing',
    'send-test user.created --sample guide',
    'send-test --wrong-secret',
    'send-test --data @notification.json --print',
    'send-test --count 100 --rate 50/s',
  ],
  async run(input, context) {
    const { runSendTest } = await import('./send-test-run.ts');
    return runSendTest(input, context);
  },
});
