import { execFileSync, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';

const MARK = 'PROPIQ_INTERCOM_CHILD';

/** Finds and signals a program and all that it started, also what has left its process group or lost its parent. */
export interface ProcessTree {
  /** To be put into the environment of the program. */
  readonly mark: Readonly<Record<string, string>>;
  alive(child: ChildProcess): readonly number[];
  /** @param isGroup whether the program leads a process group of its own */
  signal(child: ChildProcess, isGroup: boolean, signal: 'SIGTERM' | 'SIGKILL'): void;
}

export function processTree(): ProcessTree {
  const value = randomBytes(8).toString('hex');

  function alive({ pid }: ChildProcess): readonly number[] {
    if (pid === undefined || process.platform === 'win32') return [];
    return process.platform === 'linux' ? marked(`${MARK}=${value}`) : descendants(pid);
  }

  return {
    mark: { [MARK]: value },
    alive,
    signal(child, isGroup, signal) {
      if (process.platform === 'win32') return endOnWindows(child);
      const group = isGroup && child.pid !== undefined ? [-child.pid] : [];
      for (const id of [...alive(child), ...group]) {
        try {
          process.kill(id, signal);
        } catch {
          // it ended in between
        }
      }
    },
  };
}

/** Whoever inherited the mark. A process that has ended and was not waited for yet has no environment. */
function marked(mark: string): readonly number[] {
  const ids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return ids.filter((id) => environmentOf(id).split('\0').includes(mark)).map(Number);
}

function environmentOf(id: string): string {
  try {
    return readFileSync(`/proc/${id}/environ`, 'latin1');
  } catch {
    return ''; // another user's, or gone
  }
}

function descendants(root: number): readonly number[] {
  const rows = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,stat='], { encoding: 'utf8' })
    .split('\n')
    .map((line) => line.trim().split(/\s+/));
  const found = [root];
  for (let at = 0; at < found.length; at += 1)
    for (const [id, parent] of rows) if (Number(parent) === found[at]) found.push(Number(id));
  const ended = new Set(rows.filter(([, , state]) => state?.startsWith('Z')).map(([id]) => Number(id)));
  const known = new Set(rows.map(([id]) => Number(id)));
  return found.filter((id) => known.has(id) && !ended.has(id));
}

function endOnWindows({ pid }: ChildProcess): void {
  try {
    execFileSync('taskkill', ['/pid', String(pid), '/t', '/f'], { stdio: 'ignore' });
  } catch {
    // it ended in between
  }
}
