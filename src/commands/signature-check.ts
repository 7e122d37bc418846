import { AppError } from '../base/errors.ts';
import { defineCommand, text, toggle } from './command.ts';
import type { Refusal } from '../intercom/signature.ts';

/** What each refusal means for a person; the fault in the form of a header is told more exactly. */
const MEANING: Readonly<Record<Refusal, string>> = {
  missing: 'There is no signature.',
  repeated: 'There are several signatures.',
  malformed: 'It does not have the form of a signature.',
  mismatch: 'It has the right form, but it was not made with this secret over exactly these bytes.',
  'no-secret': 'The secret is empty.',
};

export const signatureCheck = defineCommand({
  schema: 'signature-check',
  about:
    'Says whether an X-Hub-Signature belongs to a body: exit code 0 when it does, 1 when it does not. The secret and, while rotating, the previous one are tried. Works without a network.',
  flags: {
    header: text('--header <value>', 'the signature as received: sha1=…'),
    body: text('--body <@file>', 'the bytes as received; - or nothing: standard input'),
    secretStdin: toggle('--secret-stdin', 'read the secret from standard input'),
  },
  examples: ['signature check --header sha1=c01389abcabf9b3eec17d57ea48c383645d854ea --body @notification.json'],
  async run(input, context) {
    if (input.header === undefined) throw missingHeader();
    const { signatureInput } = await import('./signature-input.ts');
    const { describeHeaderFault, verifySignature } = await import('../intercom/signature.ts');
    const { body, secrets } = await signatureInput(input, context);
    const header = input.header.replace(/^x-hub-signature:\s*/i, '');
    const verdict = verifySignature({ body, header, secrets });
    const { paint } = context.output;
    if (verdict.valid) {
      const secret = verdict.secretIndex === 0 ? 'current' : 'previous';
      const note = verdict.algorithm === 'sha256' ? ' Intercom signs with sha1: this did not come from Intercom.' : '';
      const told = `${paint.green(paint.marks.pass)} match: ${verdict.algorithm}, the ${secret} secret, ${body.length} bytes.${note}`;
      context.output.result(
        'signature-check',
        true,
        { match: true, algorithm: verdict.algorithm, secret, reason: null, message: null, bytes: body.length },
        told,
      );
      return 0;
    }
    const message =
      (verdict.reason === 'malformed' ? describeHeaderFault(header) : undefined) ?? MEANING[verdict.reason];
    const told = `${paint.red(paint.marks.fail)} no match: ${message}\n  ${paint.marks.arrow} propiq-intercom explain signature/accepted`;
    context.output.result(
      'signature-check',
      false,
      { match: false, algorithm: null, secret: null, reason: verdict.reason, message, bytes: body.length },
      told,
    );
    return 1;
  },
});

function missingHeader(): AppError {
  return new AppError('usage/missing-input', {
    what: 'The signature to check is missing',
    why: '--header was not given.',
    hint: 'propiq-intercom signature check --header sha1=… --body @notification.json',
  });
}
