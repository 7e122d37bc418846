import { toggle } from './command.ts';

/** The flags of what writes a secret into the env file. */
export const SECRET_FLAGS = {
  secretStdin: toggle('--secret-stdin', 'read the secret from standard input'),
  allowTracked: toggle('--allow-tracked', 'write also where git tracks the file, or cannot say'),
  dryRun: toggle('-n, --dry-run', 'show what would change, values masked, and write nothing'),
  yes: toggle('-y, --yes', 'give a secret up that is there already, without asking'),
};
