import ora from 'ora';
import type { Progress } from '../commands/context.ts';

/** A spinner on standard error. It never touches standard input, so that Ctrl-C stays a signal. */
export function startSpinner(label: string, stream: NodeJS.WriteStream): Progress {
  const spinner = ora({ text: label, stream, discardStdin: false, hideCursor: true }).start();
  return {
    update: (text) => void (spinner.text = text),
    stop: () => void spinner.stop(),
  };
}
