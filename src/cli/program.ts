import { Command as Commander, CommanderError, Help, Option } from 'commander';
import { AppError, type ExitCode } from '../base/errors.ts';
import { didYouMean } from '../base/suggest.ts';
import { cleanLine } from '../base/text.ts';
import type { Command, Flag } from '../commands/command.ts';
import { COMMANDS, type CommandEntry, GLOBAL_FLAGS } from '../commands/index.ts';
import type { Globals } from './globals.ts';
import { rootHelp } from './root-help.ts';

export interface ProgramOptions {
  readonly columns: number;
  readonly version: string;
  /** Help and version: results, so they go to standard output. */
  print(text: string): void;
  /** Told as soon as a command is known, so that errors in its flags are reported in its schema. */
  chosen(command: Command): void;
  run(command: Command, input: object, globals: Globals): Promise<ExitCode>;
}

/**
 * The command tree: every name, but the flags of the command that is asked for only.
 * @throws AppError `usage/*`
 */
export async function runProgram(args: readonly string[], options: ProgramOptions): Promise<ExitCode> {
  let exitCode: ExitCode = 0;
  const program = base(new Commander('propiq-intercom'), options)
    .version(options.version, '-V, --version', 'print the version')
    .helpCommand(false);
  program.helpInformation = () => rootHelp(COMMANDS, options.columns);
  for (const { spec, about } of GLOBAL_FLAGS) program.option(spec, about);
  addAll(program, COMMANDS);
  try {
    await program.parseAsync(asked(args), { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return 0;
    throw usageError(error, program, args);
  }
  return exitCode;

  function addAll(parent: Commander, entries: readonly CommandEntry[]): void {
    for (const entry of entries) {
      const command = base(parent.command(entry.name), options).summary(entry.summary).description(entry.summary);
      if (entry.children) {
        addAll(command, entry.children);
        command.action(() => {
          throw incomplete(entry);
        });
      }
    }
    parent.hook('preSubcommand', async (_, sub) => {
      const load = entries.find(({ name }) => name === sub.name())?.load;
      if (load) describe(sub, await load());
    });
  }

  function describe(target: Commander, command: Command): void {
    options.chosen(command);
    target.description(command.about);
    for (const { spec, about } of command.args ?? []) target.argument(spec, about);
    for (const flag of Object.values(command.flags)) target.addOption(optionOf(flag));
    const examples = command.examples.map((line) => `  $ propiq-intercom ${line}`);
    target.addHelpText('after', `\nExamples:\n${examples.join('\n')}`);
    target.action(async () => {
      const { args: positional } = target;
      exitCode = await options.run(command, { ...target.opts(), args: positional }, program.opts<Globals>());
    });
  }
}

/**
 * `help verify` is `verify --help`.
 * @throws AppError `usage/unknown-command`: asked for help on a name that it does not know, commander shows the main page
 */
function asked(args: readonly string[]): readonly string[] {
  const [first = ''] = args;
  if (first === 'help') return asked([...args.slice(1), '--help']);
  const names = COMMANDS.map(({ name }) => name);
  if (first.startsWith('-') || first === '' || names.includes(first)) return args;
  const typed = cleanLine(first).slice(0, 60);
  throw new AppError('usage/unknown-command', {
    what: `There is no command "${typed}"`,
    why: `Known: ${names.join(', ')}.`,
    hint: didYouMean(typed, names, 'propiq-intercom --help'),
  });
}

function base(command: Commander, { columns, print }: ProgramOptions): Commander {
  return command
    .exitOverride()
    .allowExcessArguments(false)
    .showSuggestionAfterError(false)
    .helpOption('-h, --help', 'print this page')
    .configureOutput({
      writeOut: print,
      writeErr: () => undefined,
      outputError: () => undefined,
      getOutHelpWidth: () => columns,
      getOutHasColors: () => false,
    })
    .configureHelp({ showGlobalOptions: true, visibleGlobalOptions: globalOptions });
}

/** On a command's page the global flags without the version, which belongs to the program. */
function globalOptions(this: Help, command: Commander): Option[] {
  return Help.prototype.visibleGlobalOptions.call(this, command).filter((option) => option.long !== '--version');
}

function optionOf(flag: Flag<unknown>): Option {
  const about = flag.choices ? `${flag.about} (${flag.choices.join(', ')})` : flag.about;
  const option = new Option(flag.spec, about);
  const parse = flag.parse ?? ((text: string): unknown => text);
  if (flag.many) return option.argParser((text, earlier: unknown[] | undefined) => [...(earlier ?? []), parse(text)]);
  return option.required ? option.argParser((text) => parse(text)) : option;
}

function incomplete({ name, children = [] }: CommandEntry): AppError {
  return new AppError('usage/missing-input', {
    what: `"${name}" needs one of its commands`,
    why: `It has: ${children.map((child) => child.name).join(', ')}.`,
    hint: `propiq-intercom ${name} --help`,
  });
}

/** Commander's message in our three parts. What was typed is shown short, and never the value of a flag. */
function usageError(error: CommanderError, program: Commander, args: readonly string[]): AppError {
  const quoted = cleanLine(/'([^']*)'/.exec(error.message)?.[1] ?? '').slice(0, 60);
  const command = commandAsked(program, args);
  const page = `propiq-intercom ${[...pathOf(command), '--help'].join(' ')}`;
  const because = (code: AppError['code'], what: string, why: string, hint = page): AppError =>
    new AppError(code, { what, why, hint }, { cause: error });
  if (error.code === 'commander.unknownCommand' || (command.commands.length > 0 && isNameWrong(error, command, args))) {
    const typed = cleanLine(operandsOf(command, args)[0] ?? quoted).slice(0, 60);
    const names = command.commands.map((known) => known.name());
    return because(
      'usage/unknown-command',
      `There is no command "${[...pathOf(command), typed].join(' ')}"`,
      `Known: ${names.join(', ')}.`,
      didYouMean(typed, names, page),
    );
  }
  if (error.code === 'commander.unknownOption') {
    const typed = quoted.split('=')[0] ?? '';
    const names = [...new Set([...command.options, ...program.options].flatMap(({ long }) => long ?? []))];
    return because(
      'usage/unknown-option',
      `There is no flag ${typed}`,
      'This command does not know it.',
      didYouMean(typed, names, page),
    );
  }
  if (error.code === 'commander.excessArguments')
    return because('usage/unexpected-argument', 'There is an argument too many', sentence(error.message));
  if (error.code === 'commander.optionMissingArgument')
    return because('usage/missing-input', `The flag ${quoted} has no value`, 'It takes one.');
  if (error.code === 'commander.missingArgument')
    return because('usage/missing-input', `The argument <${quoted}> is missing`, 'The command needs it.');
  return because('usage/invalid-value', 'The command line cannot be read', sentence(error.message));
}

/** Of a command that only has commands: whether it is the name of one that is wrong, and not a flag behind it. */
function isNameWrong({ code }: CommanderError, command: Commander, args: readonly string[]): boolean {
  if (code === 'commander.excessArguments') return true;
  const next = args[args.indexOf(command.name()) + 1];
  return code === 'commander.unknownOption' && next !== undefined && !next.startsWith('-');
}

function sentence(message: string): string {
  const text = cleanLine(message.replace(/^error: /, '')).slice(0, 200);
  return `${text.charAt(0).toUpperCase()}${text.slice(1).replace(/\.?$/, '.')}`;
}

/** The deepest command whose name was typed. */
function commandAsked(program: Commander, args: readonly string[]): Commander {
  let command = program;
  for (const arg of args) command = command.commands.find((known) => known.name() === arg) ?? command;
  return command;
}

function pathOf(command: Commander): readonly string[] {
  return command.parent ? [...pathOf(command.parent), command.name()] : [];
}

function operandsOf(command: Commander, args: readonly string[]): readonly string[] {
  return args.slice(args.indexOf(command.name()) + 1).filter((arg) => !arg.startsWith('-'));
}
