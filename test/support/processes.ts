import { readFileSync } from 'node:fs';

/** Whether a process is there and has not ended: one that nobody has waited for yet has. */
export function isRunning(id: number): boolean {
  try {
    return !/^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${id}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
