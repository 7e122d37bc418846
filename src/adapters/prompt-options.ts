import type { ReadStream } from 'node:tty';
import { AppError } from '../base/errors.ts';
import type { Paint } from '../base/paint.ts';
import type { Secret } from '../base/secret.ts';

export interface PromptOptions {
  readonly stdin: ReadStream;
  readonly stderr: NodeJS.WriteStream;
  /** For standard error. */
  readonly paint: Paint;
  /** Takes an open question away. */
  readonly signal: AbortSignal;
  /** Called on Ctrl-C and Ctrl-D in a question, which reads keys itself and so gets no signal. */
  onCancel(): void;
  /** Told of each secret before anything else is done with it. */
  onSecret(secret: Secret): void;
}

/** What is thrown where no answer came. */
export function cancelled(cause: unknown): AppError {
  return new AppError(
    'usage/missing-input',
    {
      what: 'The question was not answered',
      why: 'It was cancelled.',
      hint: 'Give the answer as a flag, or run the command again.',
    },
    { cause },
  );
}
