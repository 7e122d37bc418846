import type { ReadStream } from 'node:tty';
import type { Prompts } from '../base/prompts.ts';
import { Secret } from '../base/secret.ts';
import { cancelled, type PromptOptions } from './prompt-options.ts';
import { promptTheme } from './prompt-theme.ts';

/** Questions on standard error, so that standard output stays the result. */
export async function createPrompts(options: PromptOptions): Promise<Omit<Prompts, 'can'>> {
  const { stdin, stderr, paint, signal, onCancel, onSecret } = options;
  const [{ default: inquirer }, { textPrompt }, { checklistPrompt }] = await Promise.all([
    import('inquirer'),
    import('./prompt-text.ts'),
    import('./prompt-checklist.ts'),
  ]);
  const prompt = inquirer.createPromptModule({ output: stderr, signal });
  prompt.registerPrompt('judged', textPrompt as never);
  prompt.registerPrompt('checklist', checklistPrompt as never);
  const theme = promptTheme(paint);
  const columns = (): number => stderr.columns || 80;

  async function ask<T>(question: { readonly type: string; readonly message: string }): Promise<T> {
    const unwatch = watchInput(stdin, onCancel, () => stderr.write(`${question.message} `));
    try {
      const { answer } = (await prompt([{ theme, ...question, name: 'answer' }] as never)) as { answer: T };
      return answer;
    } catch (cause) {
      if (!(cause instanceof Error) || !/^(?:Exit|Abort)PromptError$/.test(cause.name)) throw cause;
      if (cause.name === 'ExitPromptError') onCancel();
      throw cancelled(cause);
    } finally {
      unwatch();
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
    text: (question) => ask<string>({ type: 'judged', ...question, paint, columns } as never),
    async choose(message, choices) {
      const listed = choices.map(({ name, about }, at) => ({ name, value: at, short: name, description: about }));
      const at = await ask<number>({ type: 'select', message, choices: listed, pageSize: 10, loop: false } as never);
      return (choices[at] as (typeof choices)[number]).value;
    },
    pick: (list) => ask({ type: 'checklist', ...list, paint, columns } as never),
    async pause(message) {
      await ask({ type: 'judged', message, judge: () => ({ fine: true }), paint, columns } as never);
    },
  };
}

/**
 * Two things that leave a question of inquirer open for ever: Ctrl-D on an empty line, which ends the input, and Ctrl-Z, since
 * readline pauses the input when the process is in the foreground again.
 * @returns how to stop watching
 */
function watchInput(stdin: ReadStream, ended: () => void, continued: () => void): () => void {
  let isOpen = true;
  const onKey = (_: unknown, key?: { readonly ctrl?: boolean; readonly name?: string }): void => {
    if (key?.ctrl && key.name === 'd')
      setImmediate(() => {
        if (isOpen && !stdin.isRaw) ended();
      });
  };
  const onContinue = (): void =>
    void setImmediate(() => {
      if (!isOpen) return;
      stdin.resume();
      continued(); // inquirer draws the question again only with the next key
    });
  stdin.on('keypress', onKey);
  process.on('SIGCONT', onContinue);
  return () => {
    isOpen = false;
    stdin.pause(); // readline, which believes it paused since the process was stopped, does not
    stdin.off('keypress', onKey);
    process.off('SIGCONT', onContinue);
  };
}
