import ora from 'ora';
import type { Progress } from '../commands/context.ts';

/** A spinner on standard error. It never touches standard input, so that Ctrl-C stays a signal. ora's own colours know no `NO_COLOR`. */
export function startSpinner(label: string, stream: NodeJS.WriteStream, hasColour: boolean): Progress {
  const spinner = ora({
    text: label,
    stream,
    discardStdin: false,
    hideCursor: true,
    color: hasColour && 'cyan',
  }).start();
  return {
    update: (text) => void (spinner.text = text),
    stop: () => void spinner.stop(),
  };
}
