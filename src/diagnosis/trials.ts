import type { HeaderList } from '../base/ports.ts';
import { headersOf, rightSigning } from './signing.ts';
import { fingerprintOf, signUnder, spoiledUnder, type Theory } from './theory.ts';

/** The way to the receiver, one exchange at a time. */
export interface Wire {
  /** One POST. @returns the status; undefined when no answer came */
  post(headers: HeaderList, body: Uint8Array): Promise<number | undefined>;
  /** A ping with a fresh id: compact, ASCII, nothing in it that a printer would escape. */
  plain(): Uint8Array;
  /** The same in unusual but valid JSON, on which printers and charsets differ. */
  rich(): Uint8Array;
  /** A key that nobody has. */
  strangerKey(): Uint8Array;
}

/** Why a search ended before its list did. `changing`: Intercom's own signature, refused before, was accepted. */
export type End =
  | { readonly kind: 'throttled'; readonly status: number }
  | { readonly kind: 'silent' | 'spent' | 'changing' };

export class SearchEnded extends Error {
  readonly end: End;
  constructor(end: End) {
    super(end.kind);
    this.end = end;
  }
}

/** How a wrong signature is refused. */
export const REFUSALS: ReadonlySet<number> = new Set([400, 401, 403]);
/** Answers that say nothing about a signature. */
const ELSEWHERE: ReadonlySet<number> = new Set([404, 405, 408, 411, 413, 414, 415, 431]);
const TOO_MANY = 429;
const UNAVAILABLE = 503;

/** Counted, bounded trials of theories against one receiver. All of them throw `SearchEnded`. */
export interface Trials {
  requests(): number;
  /** Whether the last body that passed was answered with 2xx, and not with an error behind the check. */
  isDelivered(): boolean;
  /** Whether headers get a body past the check. */
  passesWith(headers: HeaderList, body: Uint8Array): Promise<boolean>;
  /** The same for a body signed under a theory. */
  passes(theory: Theory, body: Uint8Array): Promise<boolean>;
  /**
   * Whether a theory that was accepted once holds: the same form with a wrong digest must be refused, Intercom's own
   * signature must still be, and a second body must pass.
   */
  holds(theory: Theory, bodyOf: () => Uint8Array): Promise<boolean>;
}

/** @param limit most requests that are sent */
export function createTrials(wire: Wire, key: Uint8Array, limit: number): Trials {
  let count = 0;
  let isDelivered = false;

  async function passesWith(headers: HeaderList, body: Uint8Array): Promise<boolean> {
    if (count >= limit) throw new SearchEnded({ kind: 'spent' });
    count += 1;
    const status = await wire.post(headers, body);
    if (status === undefined) throw new SearchEnded({ kind: 'silent' });
    if (status === TOO_MANY || status === UNAVAILABLE) throw new SearchEnded({ kind: 'throttled', status });
    if (REFUSALS.has(status) || ELSEWHERE.has(status)) return false;
    isDelivered = status >= 200 && status < 300;
    return true;
  }

  async function passes(theory: Theory, body: Uint8Array): Promise<boolean> {
    const signed = signUnder(theory, body, key);
    return signed !== undefined && passesWith(signed.headers, body);
  }

  return {
    requests: () => count,
    isDelivered: () => isDelivered,
    passesWith,
    passes,
    async holds(theory, bodyOf) {
      const spoiled = bodyOf();
      if (await passesWith(spoiledUnder(theory, spoiled, key), spoiled)) return false;
      const right = bodyOf();
      const headers = headersOf(rightSigning(right, key));
      const isOwn = signUnder(theory, right, key)?.fingerprint === fingerprintOf(headers);
      if (!isOwn && (await passesWith(headers, right))) throw new SearchEnded({ kind: 'changing' });
      return passes(theory, bodyOf());
    },
  };
}
