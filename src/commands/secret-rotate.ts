import { defineCommand } from './command.ts';
import { SECRET_FLAGS } from './secret-flags.ts';

export const secretRotate = defineCommand({
  schema: 'secret-rotate',
  writesEnvFile: true,
  about:
    'Makes a new secret the current one and keeps the old one as INTERCOM_WEBHOOK_SECRET_PREVIOUS, in one write: serve accepts both meanwhile. The same secret again changes nothing.',
  flags: SECRET_FLAGS,
  examples: ['secret rotate --secret-stdin'],
  async run(input, context) {
    const { writeSecret } = await import('./secret-write.ts');
    const { requireCurrent, rotateSecret, secretGivenUpByRotating } = await import('../setup/secret-changes.ts');
    return writeSecret(
      {
        schema: 'secret-rotate',
        question: 'New webhook secret (the client secret of the app):',
        prepare: requireCurrent,
        givenUp: secretGivenUpByRotating,
        changes: rotateSecret,
      },
      input,
      context,
    );
  },
});
