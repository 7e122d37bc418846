import { defineCommand } from './command.ts';

export const secretCheck = defineCommand({
  schema: 'secret-check',
  writesEnvFile: true,
  about:
    'Looks at every place where the webhook secret is set (environment, env file, its other name, the previous one) and says whether it has a sound form: no placeholder, quotes, spaces, access token. It is never printed. Exit code 1 when something is wrong.',
  flags: {},
  examples: ['secret check', 'secret check --json'],
  async run(_, context) {
    const { secretReport } = await import('./secret-report.ts');
    return secretReport(context);
  },
});
