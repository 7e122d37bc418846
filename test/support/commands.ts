import type { Command } from '../../src/commands/command.ts';
import { type CommandEntry, COMMANDS } from '../../src/commands/index.ts';

export interface KnownCommand {
  /** As typed: `['events', 'list']`. */
  readonly words: readonly string[];
  readonly command: Command;
}

/** Every command that does something, with its definition. */
export const ALL_COMMANDS: readonly KnownCommand[] = await collect(COMMANDS, []);

async function collect(entries: readonly CommandEntry[], before: readonly string[]): Promise<KnownCommand[]> {
  const found: KnownCommand[] = [];
  for (const { name, load, children = [] } of entries) {
    const words = [...before, name];
    if (load) found.push({ words, command: await load() });
    found.push(...(await collect(children, words)));
  }
  return found;
}
