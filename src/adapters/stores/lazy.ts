import type { InboxStore } from '../../receive/inbox.ts';
import { busy } from './busy.ts';

/** A store that is opened when it is first needed, and again where that failed. */
export interface LazyStore {
  /** @throws whatever opening it throws; AppError `inbox/busy` once it is closed */
  open(): Promise<InboxStore>;
  /** Closes it, if it was opened. */
  close(): Promise<void>;
}

interface LazyParts {
  readonly open: () => Promise<InboxStore>;
  /** Told once, when it is open. */
  readonly opened: (store: InboxStore) => void;
  /** Whether it is to be closed; otherwise that is somebody else's affair. */
  readonly isOwned: boolean;
}

export function openLazily({ open, opened, isOwned }: LazyParts): LazyStore {
  let opening: Promise<InboxStore> | undefined;
  let isClosed = false;

  async function tryToOpen(): Promise<InboxStore> {
    try {
      const store = await open();
      opened(store);
      return store;
    } catch (cause) {
      opening = undefined;
      throw cause;
    }
  }

  return {
    open: () => (isClosed ? Promise.reject(busy(true)) : (opening ??= tryToOpen())),
    async close() {
      isClosed = true;
      const store = await opening?.catch(() => undefined);
      if (isOwned) await store?.close();
    },
  };
}
