import { choice, defineCommand, text, toggle } from './command.ts';

export const signatureSign = defineCommand({
  schema: 'signature-sign',
  about:
    'Prints the value of X-Hub-Signature for a body, as Intercom would send it: HMAC-SHA1 over exactly these bytes, with the client secret of the app as the key.',
  flags: {
    body: text('--body <@file>', 'the bytes to sign; - or nothing: standard input'),
    algorithm: choice('--algorithm <name>', ['sha1', 'sha256'], 'sha1 is what Intercom sends'),
    secretStdin: toggle('--secret-stdin', 'read the secret from standard input'),
  },
  examples: [
    'signature sign --body @notification.json',
    'signature sign --algorithm sha256 --body @notification.json --json',
  ],
  async run(input, context) {
    const { signatureInput } = await import('./signature-input.ts');
    const { signNotification, SIGNATURE_HEADER } = await import('../intercom/signature.ts');
    const { body, secrets } = await signatureInput(input, context);
    const algorithm = input.algorithm ?? 'sha1';
    const signature = signNotification(body, secrets[0], algorithm);
    context.output.result(
      'signature-sign',
      true,
      { header: SIGNATURE_HEADER, signature, algorithm, bytes: body.length },
      signature,
    );
    return 0;
  },
});
