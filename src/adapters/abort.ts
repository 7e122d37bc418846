const watched = new WeakMap<AbortSignal, Set<() => void>>();

/**
 * Calls `act` when the signal is aborted, at once where it already is; returns what takes it back. A run has one signal for all its exchanges: here it
 * gets one listener, however many wait, so that Node does not warn of a leak.
 */
export function onAbort(signal: AbortSignal, act: () => void): () => void {
  if (signal.aborted) {
    act();
    return () => undefined;
  }
  let acts = watched.get(signal);
  if (acts === undefined) {
    const created = new Set<() => void>();
    signal.addEventListener('abort', () => created.forEach((each) => each()), { once: true });
    watched.set(signal, created);
    acts = created;
  }
  const own = (): void => act(); // one entry for each call, also for the same function
  const known = acts;
  known.add(own);
  return () => void known.delete(own);
}
