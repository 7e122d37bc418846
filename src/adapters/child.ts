import { spawn, type ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Child, ChildEnd, ChildStart } from '../base/ports.ts';
import { processTree } from './process-tree.ts';

/** Of both streams together; the end is what tells why a program failed. */
const KEPT_BYTES = 64 * 1024;
/** Asked to end (SIGTERM), a program has this long before it is made to. */
const GRACE_MS = 3000;
const LAST_MS = 2000;
const POLL_MS = 25;

/**
 * Starts a command line through the system's shell, as a person would type it. Everything that it starts in turn
 * belongs to it, and is gone when `stop` has resolved.
 */
export function startChild({ command, cwd, environment, stdio }: ChildStart): Child {
  const tree = processTree();
  const isKept = stdio === 'kept';
  const child = spawn(command, {
    cwd,
    shell: true,
    env: { ...environment, ...tree.mark },
    // a terminal's Ctrl-C goes to its foreground group: what reads from the terminal has to stay in it
    detached: isKept && process.platform !== 'win32',
    stdio: isKept ? ['ignore', 'pipe', 'pipe'] : ['inherit', 2, 2],
    windowsHide: true,
  });
  const kept = keepEnd(child);
  const ended = endOf(child);
  let isOver = false;
  void ended.then(() => (isOver = true));

  // a second Ctrl-C ends this process at once, and nothing must be left behind then either
  let signals = 0;
  const force = (): void => {
    signals += 1;
    if (signals > 1) tree.signal(child, isKept, 'SIGKILL');
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.prependListener(signal, force);

  // nor when the terminal goes away; without one SIGHUP is left to whoever ignores it (nohup)
  const hangUp = (): void => {
    tree.signal(child, isKept, 'SIGKILL');
    process.kill(process.pid, 'SIGHUP'); // nobody listens any more: it ends this process, as it would have
  };
  if ([process.stdin, process.stdout, process.stderr].some(({ isTTY }) => isTTY)) process.once('SIGHUP', hangUp);

  async function untilGone(withinMs: number): Promise<void> {
    const endsAt = performance.now() + withinMs;
    for (;;) {
      if (isOver && tree.alive(child).length === 0) return;
      if (performance.now() >= endsAt) return;
      await sleep(POLL_MS);
    }
  }

  return {
    output: () => kept(),
    ended,
    async stop() {
      try {
        tree.signal(child, isKept, 'SIGTERM');
        await untilGone(GRACE_MS);
        tree.signal(child, isKept, 'SIGKILL'); // also for what hides its environment and is found by its group only
        await untilGone(LAST_MS);
      } finally {
        for (const signal of ['SIGINT', 'SIGTERM'] as const) process.removeListener(signal, force);
        process.removeListener('SIGHUP', hangUp);
        child.stdout?.destroy();
        child.stderr?.destroy();
      }
    },
  };
}

/** The last bytes of both streams, in the order of arrival. */
function keepEnd({ stdout, stderr }: ChildProcess): () => Uint8Array {
  let parts: Buffer[] = [];
  let total = 0;
  const add = (part: Buffer): void => {
    parts.push(part);
    total += part.length;
    if (total < KEPT_BYTES * 2) return;
    parts = [Buffer.concat(parts).subarray(-KEPT_BYTES)];
    total = KEPT_BYTES;
  };
  stdout?.on('data', add);
  stderr?.on('data', add);
  return () => Buffer.concat(parts).subarray(-KEPT_BYTES);
}

function endOf(child: ChildProcess): Promise<ChildEnd> {
  return new Promise((done) => {
    child.once('error', ({ message }) => done({ code: null, signal: null, problem: message }));
    child.once('exit', (code, signal) => done({ code, signal }));
  });
}
