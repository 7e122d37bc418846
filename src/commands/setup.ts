import { parseDuration } from '../base/quantity.ts';
import { choice, defineCommand, text, toggle, value } from './command.ts';
import type { SetupInput } from './setup-input.ts';

/** A deployment is waited for so long. */
const USUAL_WAIT = '2m';

export const setup = defineCommand({
  schema: 'setup',
  writesEnvFile: true,
  about:
    "Sets a webhook up, from nothing to proven: token, URL, topics, subscription (through Intercom's API where that still works, else step by step in the Developer Hub), secret into the env file, deployment, verify, send-test. It shows the plan before it acts. What is there already is kept, so that it can be run again. Without a terminal every answer is a flag. --sandbox plays the whole journey on this computer, and is the thing to run first.",
  interrupted: '', // it tells itself what has been changed
  flags: {
    url: text('--url <url>', 'full public URL of the receiver: https://…/intercom/webhook'),
    topics: text('--topics <names>', "old or current names, with commas; default the guide's three"),
    apiVersion: text('--api-version <version>', "the app's API version, which names the topics; default the newest"),
    mode: choice(
      '--mode <way>',
      ['auto', 'api', 'guide'],
      "auto: Intercom's API, else by hand; api: that or fail; guide: by hand",
    ),
    hubDone: toggle('--hub-done', 'the Developer Hub has the URL and the topics: no walk through it'),
    region: text('--region <name>', 'where the workspace lives: us, eu or au'),
    apiBase: text('--api-base <url>', 'another address of the API'),
    tokenStdin: toggle('--token-stdin', 'read the access token from standard input'),
    secretStdin: toggle('--secret-stdin', "read the app's client secret from standard input"),
    deploy: text('--deploy <command>', 'run it once the secret is written'),
    skipDeploy: toggle('--skip-deploy', "run no deploy command, not the profile's either"),
    wait: value('--wait <time>', `wait so long for a deployment (default ${USUAL_WAIT})`, parseDuration),
    verify: toggle('--no-verify', 'do not judge the receiver afterwards'),
    test: toggle('--no-test', 'send no notifications afterwards'),
    allowTracked: toggle('--allow-tracked', 'write the secret although git tracks the file'),
    check: toggle('--check', 'say what is not as it should be; write nothing'),
    sandbox: toggle('--sandbox', 'the whole journey on this computer, without an account'),
    dryRun: toggle(
      '-n, --dry-run',
      'show the plan and the masked changes; write and send nothing that changes anything',
    ),
    yes: toggle('-y, --yes', 'agree to the plan; runs no deploy command of a profile'),
  },
  examples: [
    'setup --sandbox',
    'setup --check',
    'setup --dry-run --topics user.created,conversation.admin.replied',
    'setup --url https://propiq.example/intercom/webhook --mode guide --secret-stdin --yes',
    'setup --yes --hub-done --deploy "npm run deploy" --json',
  ],
  async run(input, context) {
    const { refuseConflicts } = await import('./setup-conflicts.ts');
    refuseConflicts(input, (name) => setup.flags[name]?.spec.replace(/^-\w, | <.*/g, '') ?? name);
    const given: SetupInput = { ...input, wait: input.wait ?? parseDuration(USUAL_WAIT) };
    if (input.sandbox === true) {
      const { runSandboxJourney } = await import('./setup-sandbox.ts');
      return runSandboxJourney(context);
    }
    const { runSetup } = await import('./setup-run.ts');
    return runSetup(given, context);
  },
});
