import type { Paint } from '../base/paint.ts';

const ASCII_KEYS: Readonly<Record<string, string>> = { '↑↓': 'up/down', '⏎': 'enter' };

/** Inquirer's prompts in our own colours and marks: its theme colours whatever `NO_COLOR` says, on Node 20 at least. */
export function promptTheme(paint: Paint) {
  const { marks, cyan, dim, bold, green, red } = paint;
  const isAscii = marks.arrow === '->';
  return {
    prefix: { idle: cyan('?'), done: green(marks.pass) },
    spinner: { interval: 200, frames: [cyan('.'), cyan('o')] },
    icon: { cursor: isAscii ? '>' : '❯', checked: green('[x]'), unchecked: '[ ]' },
    style: {
      answer: (text: string) => cyan(text),
      message: (text: string) => bold(text), // is given a second argument, which chalk would print
      error: (text: string) => red(`${marks.fail} ${text}`),
      defaultAnswer: (text: string) => dim(`(${text})`),
      help: (text: string) => dim(text),
      highlight: (text: string) => cyan(text),
      key: (text: string) => cyan(text),
      description: (text: string) => dim(text),
      disabled: (text: string) => dim(text),
      searchTerm: (text: string) => cyan(text),
      confirmDefault: (text: string) => text.toUpperCase(),
      keysHelpTip: (keys: readonly (readonly [string, string])[]) =>
        dim(keys.map(([key, action]) => `${isAscii ? (ASCII_KEYS[key] ?? key) : key} ${action}`).join(', ')),
    },
  };
}
