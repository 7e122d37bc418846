import { defineCommand } from './command.ts';
import { SECRET_FLAGS } from './secret-flags.ts';

export const secretSet = defineCommand({
  schema: 'secret-set',
  writesEnvFile: true,
  about:
    "Writes the webhook secret (the client secret of the app) into the env file, and changes nothing else in it: the line of INTERCOM_WEBHOOK_SECRET, or the guide's comment that holds its place, or a new line. In a git repository the file is ignored first.",
  flags: SECRET_FLAGS,
  examples: ['secret set --secret-stdin', 'secret set --secret-stdin --dry-run'],
  async run(input, context) {
    const { writeSecret } = await import('./secret-write.ts');
    const { secretGivenUpBySetting, setSecret } = await import('../setup/secret-changes.ts');
    return writeSecret(
      {
        schema: 'secret-set',
        question: 'Webhook secret (the client secret of the app):',
        givenUp: secretGivenUpBySetting,
        changes: (_, secret) => setSecret(secret),
      },
      input,
      context,
    );
  },
});
