import { AppError } from '../base/errors.ts';
import { headerValue } from '../base/ports.ts';
import type { Secret } from '../base/secret.ts';
import { cleanLine } from '../base/text.ts';
import { parseDelivery } from '../diagnosis/delivery.ts';
import type { Recorded } from '../diagnosis/offline.ts';
import { SIGNATURE_HEADER } from '../intercom/signature.ts';
import type { Context } from './context.ts';
import { otherCredentials } from './credentials.ts';
import { signatureInput } from './signature-input.ts';

export interface RecordedInput {
  readonly header?: string;
  readonly body?: string;
  readonly delivery?: string;
  readonly secretStdin?: boolean;
}

/** Where a signature may stand when X-Hub-Signature is missing. */
const OTHER_HEADERS =
  /^(?:x-(?:hub|body|intercom|webhook|slack)?-?signature(?:-256)?|stripe-signature|(?:svix|webhook)-signature|x-shopify-hmac-sha256)$/i;

/** A recorded delivery from the flags, with the secret and everything that could have been taken for it. */
export async function recordedDelivery(
  input: RecordedInput,
  context: Context,
): Promise<Recorded & { readonly note?: string }> {
  const { header, body, secrets, note } = await bytesOf(input, context);
  const [key] = secrets;
  const settings = await context.settings();
  const credentials = await otherCredentials(settings, context, key);
  const nowSeconds = Math.floor(context.clock.now() / 1000);
  const address = settings.get('url')?.value;
  const url = address !== undefined && URL.canParse(address) ? new URL(address) : undefined;
  return {
    header,
    body,
    key: key.reveal(),
    facts: { credentials, nowSeconds, url },
    ...(note !== undefined && { note }),
  };
}

async function bytesOf(
  input: RecordedInput,
  context: Context,
): Promise<Pick<Recorded, 'header' | 'body'> & { secrets: readonly [Secret, ...Secret[]]; note?: string }> {
  if (input.delivery === undefined) {
    if (input.header === undefined) throw missingHeader();
    const header = input.header.replace(/^[\w-]+:\s+/, '');
    return { header, ...(await signatureInput(input, context)) };
  }
  if (input.body !== undefined) {
    throw new AppError('usage/conflict', {
      what: '--delivery and --body exclude each other',
      why: 'A capture holds the body already.',
      hint: 'Leave one of them away.',
    });
  }
  const source = { body: input.delivery, ...(input.secretStdin === true && { secretStdin: true }) };
  const { body: capture, secrets } = await signatureInput(source, context);
  const { headers, body, note } = parseDelivery(capture);
  const found =
    input.header ?? headerValue(headers, SIGNATURE_HEADER) ?? headers.find(([name]) => OTHER_HEADERS.test(name))?.[1];
  if (found === undefined) {
    throw new AppError('usage/missing-input', {
      what: 'The capture holds no signature',
      why: `Among its headers (${cleanLine(headers.map(([name]) => name).join(', ')).slice(0, 200)}) there is no ${SIGNATURE_HEADER}.`,
      hint: 'If it came in another header, give its value with --header.',
    });
  }
  return { header: found, body, secrets, ...(note !== undefined && { note }) };
}

function missingHeader(): AppError {
  return new AppError('usage/missing-input', {
    what: 'The signature to explain is missing',
    why: 'Neither --header nor --delivery was given.',
    hint: 'propiq-intercom signature explain --header sha1=… --body @notification.json',
  });
}
