import { AppError } from '../base/errors.ts';
import type { SetupInput } from './setup-input.ts';

/** Flags that cannot both be meant. */
const PAIRS = [
  ['check', 'dryRun', '--check compares what is there, --dry-run shows what would be done.'],
  ['deploy', 'skipDeploy', 'One runs a command, the other runs none.'],
] as const;

const BESIDE_SANDBOX: ReadonlySet<string> = new Set(['sandbox', 'yes', 'args']);

/** `--no-verify` and its like are true where they are not given. */
function isUsed(name: string, value: unknown): boolean {
  return name === 'verify' || name === 'test' ? value === false : value !== undefined;
}

/**
 * Refuses what contradicts itself, before anything is read or asked.
 * @param spec how a flag is written
 * @throws AppError `usage/conflict`
 */
export function refuseConflicts(input: SetupInput, spec: (name: keyof SetupInput) => string): void {
  for (const [one, other, why] of PAIRS) {
    if (input[one] === undefined || input[other] === undefined) continue;
    throw conflict(`${spec(one)} and ${spec(other)} exclude each other`, why, 'Leave one of them out.');
  }
  if (input.mode === 'api' && input.hubDone === true)
    throw conflict(
      '--hub-done and --mode api exclude each other',
      'The Developer Hub plays no part where the API makes the subscription.',
      'Leave one of them out.',
    );
  const other = Object.entries(input).find(([name, value]) => !BESIDE_SANDBOX.has(name) && isUsed(name, value))?.[0];
  if (input.sandbox === true && other !== undefined)
    throw conflict(
      `--sandbox takes no ${spec(other as keyof SetupInput)}`,
      'It plays the journey with a receiver and answers of its own, and judges nothing of yours.',
      'propiq-intercom setup --sandbox',
    );
}

function conflict(what: string, why: string, hint: string): AppError {
  return new AppError('usage/conflict', { what, why, hint });
}
