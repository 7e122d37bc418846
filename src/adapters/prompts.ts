import { AppError } from '../base/errors.ts';
import type { Paint } from '../base/paint.ts';
import type { Prompts } from '../base/prompts.ts';
import { Secret } from '../base/secret.ts';
import { promptTheme } from './prompt-theme.ts';

export interface PromptOptions {
  readonly stderr: NodeJS.WriteStream;
  /** For standard error. */
  readonly paint: Paint;
  /** Takes an open question away. */
  readonly signal: AbortSignal;
  /** Called on Ctrl-C in a question, which reads keys itself and so gets no signal. */
  onCancel(): void;
  /** Told of each secret before anything else is done with it. */
  onSecret(secret: Secret): void;
}

/** Questions on standard error, so that standard output stays the result. */
export async function createPrompts(options: PromptOptions): Promise<Omit<Prompts, 'can'>> {
  const { stderr, paint, signal, onCancel, onSecret } = options;
  const [{ default: inquirer }, { textPrompt }, { checklistPrompt }] = await Promise.all([
    import('inquirer'),
    import('./prompt-text.ts'),
    import('./prompt-checklist.ts'),
  ]);
  const prompt = inquirer.createPromptModule({ output: stderr, signal });
  prompt.registerPrompt('judged', textPrompt as never);
  prompt.registerPrompt('checklist', checklistPrompt as never);
  const theme = promptTheme(paint);

  async function ask<T>(question: { readonly type: string; readonly message: string }): Promise<T> {
    try {
      const { answer } = (await prompt([{ theme, ...question, name: 'answer' }] as never)) as { answer: T };
      return answer;
    } catch (cause) {
      if (!(cause instanceof Error) || !/^(?:Exit|Abort)PromptError$/.test(cause.name)) throw cause;
      if (cause.name === 'ExitPromptError') onCancel();
      throw new AppError(
        'usage/missing-input',
        {
          what: 'The question was not answered',
          why: 'It was cancelled.',
          hint: 'Give the answer as a flag, or run the command again.',
        },
        { cause },
      );
    }
  }
  const keep = (text: string): Secret => {
    const secret = new Secret(text);
    onSecret(secret);
    return secret;
  };

  return {
    confirm: (message, byDefault = false) => ask<boolean>({ type: 'confirm', message, default: byDefault } as never),
    async secret(message, refuse) {
      // what is pasted often brings white space along, and no secret starts or ends with any
      const validate = (text: string): true | string => refuse?.(keep(text.trim())) ?? true;
      const typed = await ask<string>({ type: 'password', message, mask: '*', toggleMask: false, validate } as never);
      return keep(typed.trim());
    },
    text: (question) => ask<string>({ type: 'judged', ...question, paint } as never),
    async choose(message, choices) {
      const listed = choices.map(({ name, about }, at) => ({ name, value: at, short: name, description: about }));
      const at = await ask<number>({ type: 'select', message, choices: listed, pageSize: 10, loop: false } as never);
      return (choices[at] as (typeof choices)[number]).value;
    },
    pick: (list) => ask({ type: 'checklist', ...list, paint, columns: () => stderr.columns || 80 } as never),
    async pause(message) {
      await ask({ type: 'judged', message, judge: () => ({ fine: true }), paint } as never);
    },
  };
}
