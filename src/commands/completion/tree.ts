import { CHECKS } from '../../verify/checks/index.ts';
import { PAGES } from '../../verify/pages.ts';
import { REPORTER_NAMES } from '../../verify/reporters/index.ts';
import { TOPICS } from '../../intercom/topics.ts';
import type { Completes, Flag } from '../command.ts';
import type { CommandEntry } from '../index.ts';

/** One place of the command line: what may stand behind these words. */
export interface Place {
  /** `events list`; empty for the program itself. */
  readonly path: string;
  readonly commands: readonly Word[];
  readonly flags: readonly FlagWord[];
  /** Words that an argument may be; undefined where it is a file or free text. */
  readonly values: readonly string[] | undefined;
}

export interface Word {
  readonly word: string;
  readonly about: string;
}

export interface FlagWord extends Word {
  /** `-y`, where it has one. */
  readonly short: string | undefined;
  readonly takesValue: boolean;
  readonly values: readonly string[] | undefined;
}

/** Every place of the command tree; loads the flags of all commands. */
export async function places(
  entries: readonly CommandEntry[],
  globalFlags: readonly Pick<Flag<unknown>, 'spec' | 'about'>[],
): Promise<readonly Place[]> {
  const shared = globalFlags.map((flag) => flagWord(flag));
  const program: Place = {
    path: '',
    commands: entries.map(({ name, summary }) => ({ word: name, about: summary })),
    flags: [
      ...shared,
      { word: '--version', short: '-V', about: 'print the version', takesValue: false, values: undefined },
    ],
    values: undefined,
  };
  return [program, ...(await below(entries, '', shared))];
}

async function below(entries: readonly CommandEntry[], parent: string, shared: readonly FlagWord[]): Promise<Place[]> {
  const found: Place[] = [];
  for (const { name, children, load } of entries) {
    const path = `${parent} ${name}`.trim();
    const command = await load?.();
    found.push({
      path,
      commands: (children ?? []).map((child) => ({ word: child.name, about: child.summary })),
      flags: [...Object.values(command?.flags ?? {}).map((flag) => flagWord(flag)), ...shared],
      values: wordsOf(command?.args?.[0]?.completes),
    });
    found.push(...(await below(children ?? [], path, shared)));
  }
  return found;
}

function flagWord({
  spec,
  about,
  choices,
  completes,
}: Pick<Flag<unknown>, 'spec' | 'about' | 'choices' | 'completes'>): FlagWord {
  const word = /--[a-z-]+/.exec(spec)?.[0] ?? spec;
  return {
    word,
    short: /^-[a-zA-Z](?=,)/.exec(spec)?.[0],
    about,
    takesValue: /[<[]/.test(spec),
    values: choices ?? wordsOf(completes),
  };
}

function wordsOf(completes: Completes | undefined): readonly string[] | undefined {
  switch (completes) {
    case 'topic':
      return TOPICS.map(({ name }) => name);
    case 'check':
      return CHECKS.map(({ id }) => id);
    case 'page':
      return [...PAGES.keys()];
    case 'reporter':
      return REPORTER_NAMES;
    case 'shell':
      return ['bash', 'zsh', 'fish'];
    case undefined:
      return undefined;
    default:
      return completes satisfies never;
  }
}
