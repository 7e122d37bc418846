import { AppError, type ExitCode } from '../base/errors.ts';
import { defineCommand, list, text, toggle, value } from './command.ts';
import { parseDuration } from '../base/quantity.ts';

export const verify = defineCommand({
  schema: 'verify',
  about:
    'Judges a deployed receiver: probes its health routes and its webhook path, and says of each expectation whether it holds, with evidence and the next step. Changes nothing: it sends GET, HEAD, POSTs that must be refused and, when the webhook secret is known, signed pings and one notification of a made-up topic. With --spawn it needs neither a deployment nor a secret. Made for CI: exit code 0 when all holds, 1 when a check failed, 3 when the receiver could not be reached.',
  interrupted: 'Interrupted: what was judged so far stands above. Nothing was changed.',
  args: [{ spec: '[url]', about: 'full URL of the receiver; else INTERCOM_WEBHOOK_URL; with --spawn its path' }],
  flags: {
    only: list('--only <id>', 'run these checks only: an id or a glob such as signature/*; repeatable', 'check'),
    skip: list('--skip <id>', 'leave these checks out; repeatable', 'check'),
    strict: toggle('--strict', 'let a warning fail the run'),
    timeout: text('--timeout <time>', 'longest wait for one answer (default 5s, as Intercom)'),
    signed: toggle('--no-signed', 'send nothing that is rightly signed'),
    wait: value('--wait <time>', 'first wait until the deployment answers, so long at most', parseDuration),
    spawn: text(
      '--spawn <command>',
      'start this application on a free port ({port}, PORT) with a throw-away secret, judge it, stop it',
    ),
    resolve: list('--resolve <host:addr>', 'take this address for the host in place of what the DNS says; repeatable'),
    ca: list('--ca <file>', 'trust the authorities in this PEM file as well; repeatable'),
    insecure: toggle(
      '--insecure',
      'go on whatever the certificate is worth; what is wrong with it is told all the same',
    ),
    all: toggle('--all', 'judge every profile of propiq-intercom.config.json'),
    healthPath: text('--health-path <path>', "path of the application's health route (default /health)"),
    intercomHealthPath: text(
      '--intercom-health-path <path>',
      "path of the integration's health route (default: health beside the webhook path)",
    ),
    reporter: list(
      '--reporter <name[=file]>',
      'pretty, json, junit, github or markdown, to standard output or to a file; repeatable',
      'reporter',
    ),
  },
  examples: [
    'verify',
    'verify --wait 2m --strict --json',
    'verify --skip "health/*" --reporter pretty --reporter json=verify.json',
    'verify --only "signature/*" --only endpoint/unsigned-rejected',
    'verify --wait 2m --reporter junit=verify.xml --reporter markdown=verify.md',
    'verify /webhooks/intercom --spawn "npm start"',
    'verify --ca ca.pem',
    'verify --all --no-signed',
  ],
  async run(input, context): Promise<ExitCode> {
    const { runVerify } = await import('./verify-run.ts');
    if (input.all === true && input.args.length > 0) {
      throw new AppError('usage/conflict', {
        what: '--all and a URL exclude each other',
        why: '--all takes the URLs of the profiles in propiq-intercom.config.json.',
        hint: 'Leave one of them away.',
      });
    }
    if (input.all === true && input.spawn !== undefined) {
      throw new AppError('usage/conflict', {
        what: '--all and --spawn exclude each other',
        why: '--all judges deployments, --spawn an application that it starts itself.',
        hint: 'Leave one of them away.',
      });
    }
    return runVerify({ ...input, url: input.args[0], wantsSigned: input.signed !== false }, context);
  },
});
