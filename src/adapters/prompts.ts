import { AppError } from '../base/errors.ts';

type Ask = <T>(question: {
  type: 'confirm' | 'password';
  message: string;
  default?: boolean;
  mask?: string;
}) => Promise<T>;

/**
 * Questions on standard error, so that standard output stays the result.
 * @param onCancel called on Ctrl-C in a question, which reads keys itself and so gets no signal
 */
export async function createAsk(stderr: NodeJS.WriteStream, onCancel: () => void): Promise<Ask> {
  const { default: inquirer } = await import('inquirer');
  const prompt = inquirer.createPromptModule({ output: stderr });
  return async <T>(question: Parameters<Ask>[0]): Promise<T> => {
    try {
      const { answer } = (await prompt([{ ...question, name: 'answer' }] as never)) as { answer: T };
      return answer;
    } catch (cause) {
      if (!(cause instanceof Error) || cause.name !== 'ExitPromptError') throw cause;
      onCancel();
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
  };
}
