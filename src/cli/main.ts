import { AppError, bugError, type ExitCode } from '../base/errors.ts';
import type { Command } from '../commands/command.ts';
import { COMMANDS } from '../commands/index.ts';
import { asksForJson, refuseSecrets } from './argv.ts';
import { type Globals, home, packageVersion } from './globals.ts';
import type { ProcessOutput } from './output.ts';
import { dieOf, Interrupted, watchSignals } from './signals.ts';

const { stdin, stdout, stderr, env } = process;
const args = process.argv.slice(2);
const abort = watchSignals(stdout, stderr);
let output: ProcessOutput | undefined;
let command: Command | undefined;

// what nobody awaited: told like any other bug, and the run is ended in good order
process.on('uncaughtException', (error) => {
  void report(error).then(() => abort.abort(error));
});

try {
  const exitCode = await main();
  process.exitCode ??= exitCode;
} catch (error) {
  await report(error);
}
if (abort.signal.reason instanceof Interrupted) {
  output?.flush();
  dieOf(abort.signal.reason.signal);
}

async function main(): Promise<ExitCode> {
  refuseSecrets(args);
  if (args.every((arg) => arg === '--json' || arg === '--no-color')) {
    output = await outputFor(globalsBeforeParsing());
    const commands = COMMANDS.map(({ name, summary }) => ({ name, summary }));
    output.result('commands', true, { commands }, home(output.paint.dim));
    return 0;
  }
  const helpColumns = Math.min(stdout.columns || 80, 100);
  if (args.length === 1 && ['--help', '-h', 'help'].includes(args[0] ?? '')) {
    const { rootHelp } = await import('./root-help.ts');
    stdout.write(rootHelp(COMMANDS, helpColumns));
    return 0;
  }
  if (args.length === 1 && ['--version', '-V'].includes(args[0] ?? '')) {
    stdout.write(`${packageVersion()}\n`);
    return 0;
  }
  const { runProgram } = await import('./program.ts');
  return runProgram(args, {
    columns: helpColumns,
    version: packageVersion(),
    print: (text) => void stdout.write(text),
    chosen: (loaded) => (command = loaded),
    run: runCommand,
  });
}

async function runCommand(chosen: Command, input: object, globals: Globals): Promise<ExitCode> {
  output = await outputFor(globals);
  const { createContext } = await import('./context.ts');
  const context = createContext({
    output,
    abort,
    environment: env,
    cwd: currentFolder(),
    words: args,
    errorPaint: output.errorPaint,
    canPrompt: canPrompt(globals),
    envFileFlag: globals.envFile,
    profileFlag: globals.profile,
    writesEnvFile: chosen.writesEnvFile === true,
  });
  try {
    // a source that was named and cannot be used is an error, also for a command that would not have read it; one that
    // writes the env file looks at it more closely by itself
    const isNamed = globals.envFile !== undefined || globals.profile !== undefined;
    if (isNamed && chosen.writesEnvFile !== true) await context.settings();
    return await chosen.run(input as never, context);
  } finally {
    await context.close();
  }
}

function currentFolder(): string {
  try {
    return process.cwd();
  } catch (cause) {
    const why = 'It was removed after the shell went there (ENOENT).';
    const hint = 'Go to a folder that exists, and run it again.';
    throw new AppError('io/read', { what: 'The folder in which this runs is gone', why, hint }, { cause });
  }
}

async function outputFor(globals: Globals): Promise<ProcessOutput> {
  const { createOutput } = await import('./output.ts');
  const { createPaint, wantsColour } = await import('./paint.ts');
  const isPlain = globals.json === true || !globals.color;
  const [paint, errorPaint] = await Promise.all([
    createPaint(wantsColour(stdout, env, isPlain), env),
    createPaint(wantsColour(stderr, env, isPlain), env),
  ]);
  const spinner = stderr.isTTY && globals.json !== true && env['TERM'] !== 'dumb' && !isSet(env['CI']);
  return createOutput({
    stdout,
    stderr,
    json: globals.json === true,
    quiet: globals.quiet === true,
    verbose: globals.verbose === true,
    paint,
    errorPaint,
    spinner,
    isWorkflow: env['GITHUB_ACTIONS'] === 'true',
  });
}

/** The one gate: a person can be asked when both ends are a terminal, nothing says CI, and nobody forbade it. */
function canPrompt({ json, input }: Globals): boolean {
  return stdin.isTTY && stderr.isTTY && !isSet(env['CI']) && input && json !== true;
}

function isSet(flag: string | undefined): boolean {
  return flag !== undefined && !['', '0', 'false', 'no'].includes(flag.toLowerCase());
}

/** What can be known before the command line is understood, or when it cannot be. */
function globalsBeforeParsing(): Globals {
  return {
    color: !args.includes('--no-color'),
    input: true,
    ...(asksForJson(args) && { json: true }),
    ...(args.includes('--verbose') && { verbose: true }),
  };
}

/** Tells an error in three parts and sets the exit code. What an interruption broke off is no error. */
async function report(error: unknown): Promise<void> {
  output ??= await outputFor(globalsBeforeParsing());
  if (abort.signal.aborted) {
    const told = command?.interrupted ?? 'Cancelled, nothing was changed.';
    if (abort.signal.reason instanceof Interrupted && told !== '') output.note(told);
    return;
  }
  const known = error instanceof AppError ? error : bugError(error);
  process.exitCode = known.exitCode;
  output.failure(known, command?.schema ?? 'commands', command?.streams === true);
  if (known.exitCode === 70 && error instanceof Error) output.detail(error.stack ?? '');
}
