import type { ExitCode } from '../base/errors.ts';
import { AppError } from '../base/errors.ts';
import { didYouMean } from '../base/suggest.ts';
import type { Context } from './context.ts';

/** Words that a shell may offer. */
export type Completes = 'topic' | 'check' | 'page' | 'reporter' | 'shell';

/** One flag of a command: how it is written, what it is for, and how its text becomes a value. */
export interface Flag<T> {
  /** `-y, --yes`, `--url <url>` */
  readonly spec: string;
  readonly about: string;
  readonly choices?: readonly string[];
  readonly completes?: Completes;
  /** May be given several times; the values are collected in order. */
  readonly many?: true;
  /** @throws AppError `usage/invalid-value` */
  parse?(text: string): T;
}

/** A positional argument: `[topic...]`, `<id>`. */
export interface Argument {
  readonly spec: string;
  readonly about: string;
  readonly completes?: Completes;
}

type Flags = Readonly<Record<string, Flag<unknown>>>;
/** What `run` is given: each flag under its name when it was used, and the positional arguments as `args`. */
export type InputOf<F extends Flags> = { readonly [K in keyof F]?: F[K] extends Flag<infer T> ? T : never } & {
  readonly args: readonly string[];
};

export interface Command<F extends Flags = Flags> {
  /** Names its JSON: `propiq-intercom/<schema>@1`. */
  readonly schema: string;
  /** Says that `--json` writes one record a line, errors included. */
  readonly streams?: true;
  /** Says that it writes the env file, which need not be there then, also where it was named. */
  readonly writesEnvFile?: true;
  /** What is said when it is interrupted, where "Cancelled, nothing was changed." would not be true; empty where it says so itself. */
  readonly interrupted?: string;
  /** Two or three sentences for its help page. */
  readonly about: string;
  readonly args?: readonly Argument[];
  readonly flags: F;
  /** Complete command lines, without the program's name. A test runs each of them. */
  readonly examples: readonly string[];
  run(input: InputOf<F>, context: Context): Promise<ExitCode>;
}

export function defineCommand<const F extends Flags>(command: Command<F>): Command {
  return command;
}

export const text = (spec: string, about: string): Flag<string> => ({ spec, about });
export const toggle = (spec: string, about: string): Flag<boolean> => ({ spec, about });
export const list = (spec: string, about: string, completes?: Completes): Flag<readonly string[]> => ({
  spec,
  about,
  many: true,
  ...(completes && { completes }),
});
export const value = <T>(spec: string, about: string, parse: (text: string) => T): Flag<T> => ({ spec, about, parse });

/** A flag that takes one of a few words; anything else is refused with the list. */
export function choice<const C extends string>(spec: string, choices: readonly C[], about: string): Flag<C> {
  return {
    spec,
    about,
    choices,
    parse(given) {
      const known = choices.find((word) => word === given);
      if (known !== undefined) return known;
      throw new AppError('usage/invalid-value', {
        what: `"${given.slice(0, 40)}" is not a value of ${/--[a-z-]+/.exec(spec)?.[0] ?? spec}`,
        why: `It takes one of: ${choices.join(', ')}.`,
        hint: didYouMean(given, choices, `Use one of ${choices.join(', ')}.`),
      });
    },
  };
}
