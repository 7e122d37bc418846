import { execFile } from 'node:child_process';
import type { LookupAddress } from 'node:dns';
import type { HostAddress } from '../verify/ports.ts';
import { TimedOut } from './net-failure.ts';

/** What the other process runs; it prints what it found, or the code of the error. */
const SCRIPT = `require('node:dns').lookup(process.argv[1], { all: true, verbatim: true }, (error, found) =>
  process.stdout.write(JSON.stringify(error ? { code: error.code } : { found })));`;

/** Asks the system for a name in a process of its own, which is ended when the time is over. Never throws. */
export function lookUpElsewhere(
  host: string,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<{ readonly addresses: readonly HostAddress[]; readonly error?: unknown }> {
  const options = { timeout: Math.ceil(timeoutMs), killSignal: 'SIGKILL', windowsHide: true, signal } as const;
  return new Promise((done) => {
    execFile(process.execPath, ['-e', SCRIPT, '--', host], options, (failure, stdout) => {
      if (failure) return done({ addresses: [], error: failure.killed === true ? new TimedOut() : failure });
      const { code, found = [] } = JSON.parse(stdout) as { code?: string; found?: LookupAddress[] };
      const addresses = found.map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 }) as const);
      const error = Object.assign(new Error(`the name cannot be looked up: ${code ?? ''}`), { code });
      return done(code === undefined ? { addresses } : { addresses, error });
    });
  });
}
