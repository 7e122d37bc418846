import { AppError } from '../base/errors.ts';
import { didYouMean } from '../base/suggest.ts';
import { cleanLine } from '../base/text.ts';
import { defineCommand } from './command.ts';
import type { Place } from './completion/tree.ts';

type Writer = (places: readonly Place[]) => string;

const SHELLS: Readonly<Record<string, () => Promise<Writer>>> = {
  bash: async () => (await import('./completion/bash.ts')).bash,
  zsh: async () => (await import('./completion/zsh.ts')).zsh,
  fish: async () => (await import('./completion/fish.ts')).fish,
};

export const completion = defineCommand({
  schema: 'completion',
  about:
    'Prints a script that lets the shell complete commands, flags, topics and check ids. bash: eval "$(propiq-intercom completion bash)" in ~/.bashrc; zsh: source <(propiq-intercom completion zsh) in ~/.zshrc, behind compinit; fish: propiq-intercom completion fish > ~/.config/fish/completions/propiq-intercom.fish',
  args: [{ spec: '<shell>', about: 'bash, zsh or fish', completes: 'shell' }],
  flags: {},
  examples: ['completion bash', 'completion zsh', 'completion fish'],
  async run({ args: [shell = ''] }, { output }) {
    const load = Object.hasOwn(SHELLS, shell) ? SHELLS[shell] : undefined;
    if (load === undefined) {
      const known = Object.keys(SHELLS);
      throw new AppError('usage/invalid-value', {
        what: `There is no completion for "${cleanLine(shell).slice(0, 40)}"`,
        why: `Known shells: ${known.join(', ')}.`,
        hint: didYouMean(shell, known, 'propiq-intercom completion bash'),
      });
    }
    const [write, { places }, { COMMANDS, GLOBAL_FLAGS }] = await Promise.all([
      load(),
      import('./completion/tree.ts'),
      import('./index.ts'),
    ]);
    const script = write(await places(COMMANDS, GLOBAL_FLAGS));
    output.result('completion', true, { shell, script }, script);
    return 0;
  },
});
