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
      answer: cyan,
      message: bold,
      error: (text: string) => red(`${marks.fail} ${text}`),
      defaultAnswer: (text: string) => dim(`(${text})`),
      help: dim,
      highlight: cyan,
      key: cyan,
      description: dim,
      disabled: dim,
      searchTerm: cyan,
      confirmDefault: (text: string) => text.toUpperCase(),
      keysHelpTip: (keys: readonly (readonly [string, string])[]) =>
        dim(keys.map(([key, action]) => `${isAscii ? (ASCII_KEYS[key] ?? key) : key} ${action}`).join(', ')),
    },
  };
}
