import { addAbortSignal, type Readable } from 'node:stream';
import { AppError } from '../base/errors.ts';
import { showSize } from '../base/quantity.ts';
import { Secret } from '../base/secret.ts';
import { fileReason, readBounded } from './files.ts';

const LONGEST_SECRET = 4096;

/**
 * A file's bytes, or those of standard input for `-`.
 * @throws AppError `io/read`
 */
export async function readInput(
  source: string,
  maxBytes: number,
  stdin: Readable,
  signal: AbortSignal,
): Promise<Uint8Array> {
  if (source === '-') return readStream(stdin, maxBytes, signal);
  try {
    return await readBounded(source, maxBytes);
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new AppError(
      'io/read',
      {
        what: `Cannot read ${source}`,
        why: fileReason(cause),
        hint: 'Name a file that can be read, or - for standard input.',
      },
      { cause },
    );
  }
}

/**
 * A secret from standard input: read to the end, one final line end removed, nothing else touched.
 * @throws AppError `settings/secret-input` when it is empty or holds another control character
 */
export async function readSecret(stdin: Readable, signal: AbortSignal): Promise<Secret> {
  const bytes = Buffer.from(await readStream(stdin, LONGEST_SECRET, signal));
  const bare = bytes.subarray(0, bytes.at(-1) === 0x0a ? (bytes.at(-2) === 0x0d ? -2 : -1) : undefined);
  const refuse = (why: string): AppError =>
    new AppError('settings/secret-input', {
      what: 'Standard input holds no usable secret',
      why,
      hint: 'Pipe exactly the secret: printf %s "$SECRET" | propiq-intercom … --secret-stdin',
    });
  if (bare.length === 0) throw refuse('It is empty.');
  if (bare.some((byte) => byte < 0x20 || byte === 0x7f))
    throw refuse('It has a line break or another control character in it.');
  return new Secret(bare);
}

async function readStream(stream: Readable, maxBytes: number, signal: AbortSignal): Promise<Uint8Array> {
  const parts: Buffer[] = [];
  let total = 0;
  for await (const part of addAbortSignal(signal, stream)) {
    const bytes = Buffer.from(part);
    total += bytes.length;
    if (total > maxBytes)
      throw new AppError('io/read', {
        what: 'Standard input is too long',
        why: `It is longer than ${showSize(maxBytes)}.`,
        hint: 'Give it less.',
      });
    parts.push(bytes);
  }
  return Buffer.concat(parts);
}
