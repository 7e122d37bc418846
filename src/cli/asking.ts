import type { Paint } from '../base/paint.ts';
import type { Prompts } from '../base/prompts.ts';
import type { ProcessOutput } from './output.ts';
import { Interrupted } from './signals.ts';

export interface AskingOptions {
  readonly output: ProcessOutput;
  readonly abort: AbortController;
  readonly canPrompt: boolean;
  /** For standard error, where questions are asked. */
  readonly errorPaint: Paint;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Questions, imported with the first one; line by line where the cursor cannot move. */
export function createAsking({ output, abort, canPrompt, errorPaint, environment }: AskingOptions): Prompts {
  let loaded: Promise<Omit<Prompts, 'can'>> | undefined;
  const load = async (): Promise<Omit<Prompts, 'can'>> => {
    const asking = {
      stdin: process.stdin,
      stderr: process.stderr,
      paint: errorPaint,
      signal: abort.signal,
      onCancel: () => abort.abort(new Interrupted('SIGINT')),
      onSecret: output.protect,
    };
    if (environment['TERM'] === 'dumb') {
      const { createPlainPrompts } = await import('../adapters/plain-prompts.ts');
      return createPlainPrompts(asking);
    }
    const { createPrompts } = await import('../adapters/prompts.ts');
    return createPrompts(asking);
  };
  const prompts = (): Promise<Omit<Prompts, 'can'>> => (loaded ??= load());
  return {
    can: canPrompt,
    confirm: async (question, byDefault) => (await prompts()).confirm(question, byDefault),
    secret: async (question, refuse) => (await prompts()).secret(question, refuse),
    text: async (question) => (await prompts()).text(question),
    choose: async (question, choices) => (await prompts()).choose(question, choices),
    pick: async (list) => (await prompts()).pick(list),
    pause: async (message) => (await prompts()).pause(message),
  };
}
