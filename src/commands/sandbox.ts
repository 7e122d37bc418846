import { parseRate, parseSpan, parseWhole } from '../base/quantity.ts';
import { defineCommand, list, text, toggle, value } from './command.ts';

const FASTEST = 1_000_000;

export const sandbox = defineCommand({
  schema: 'sandbox',
  streams: true,
  interrupted: 'Stopped.',
  about:
    "Plays Intercom on this computer, to try and to test against; it is not Intercom. It answers GET /me and the archived /subscriptions API, asks a URL with HEAD when it is saved, and delivers signed notifications by Intercom's documented rules: 5 s for an answer, one retry after a minute, 410 ends it, 429 throttles, more than 1000 errors in a row pause it, 7 days of errors suspend it. At the end it says what Intercom would have done. It delivers to this computer only. Where Intercom documents nothing it takes the stricter reading.",
  flags: {
    port: value('--port <n>', 'port to listen on; 0 takes any free one (default: 8010)', (given) =>
      parseWhole(given, 0, 65_535),
    ),
    deliverTo: text('--deliver-to <url>', 'save this address as the endpoint, and notify it'),
    topics: list('--topics <topic,…>', "what it is subscribed to (default: the guide's three)"),
    rate: value('--rate <n/m>', 'so many events a minute (n/s, n/m, n/h; default 12/m)', parseRate),
    for: value('--for <time>', 'end after 30m, 8d, …; exit code 1 where anything was lost', parseSpan),
    timeScale: value('--time-scale <n>', "Intercom's minutes pass so many times as fast (default 1)", (given) =>
      parseWhole(given, 1, FASTEST),
    ),
    apiVersion: text('--api-version <version>', "the app's version; default the newest"),
    legacyApi: toggle('--no-legacy-api', 'without the archived /subscriptions API, as today'),
    duplicates: value('--duplicates <percent>', 'send so many of the delivered ones again', (given) =>
      parseWhole(given, 0, 100),
    ),
    reorder: toggle('--reorder', 'let notifications overtake each other'),
    seed: text('--seed <text>', 'the same seed makes the same people, ids and disorder'),
    tokenStdin: toggle('--token-stdin', 'read the token that callers need from standard input'),
  },
  examples: [
    'sandbox',
    'sandbox --deliver-to http://127.0.0.1:8000/intercom/webhook',
    'sandbox --deliver-to http://127.0.0.1:8000/intercom/webhook --time-scale 60 --rate 30/m --for 20m --json',
  ],
  async run(input, context) {
    const { runSandbox } = await import('./sandbox-run.ts');
    return runSandbox(input, context);
  },
});
