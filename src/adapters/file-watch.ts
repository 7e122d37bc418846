import { unwatchFile, watchFile as pollFile } from 'node:fs';

/** Looked at, and not told of: that works on network disks, in mounted volumes and for a file that is replaced or missing. */
const LOOK_EVERY_MS = 500;
/** A file counts as written once it stood still for longer than the time between two looks. */
const STILL_MS = 750;

/** Tells each time a file was changed, made or removed, once that came to rest. Returns how to stop. */
export function watchFile(path: string, changed: () => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  const onChange = (): void => {
    clearTimeout(timer);
    timer = setTimeout(changed, STILL_MS).unref();
  };
  pollFile(path, { interval: LOOK_EVERY_MS, persistent: false }, onChange);
  return () => {
    clearTimeout(timer);
    unwatchFile(path, onChange);
  };
}
