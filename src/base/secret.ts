const SHOWN = '[secret]';
const INSPECT = Symbol.for('nodejs.util.inspect.custom');

/**
 * A value that cannot be printed by accident: text, JSON and inspection all show `[secret]`.
 * Only signing, the API client and the env writer call `reveal`.
 */
export class Secret {
  readonly #bytes: Uint8Array;

  constructor(value: string | Uint8Array) {
    this.#bytes = typeof value === 'string' ? new TextEncoder().encode(value) : Uint8Array.from(value);
  }

  get byteLength(): number {
    return this.#bytes.length;
  }

  /** The bytes of the secret, as given: never trimmed, never decoded. */
  reveal(): Uint8Array {
    return this.#bytes;
  }

  equals(other: Secret): boolean {
    return this.#bytes.length === other.#bytes.length && this.#bytes.every((byte, at) => byte === other.#bytes[at]);
  }

  toString(): string {
    return SHOWN;
  }

  toJSON(): string {
    return SHOWN;
  }

  [INSPECT](): string {
    return SHOWN;
  }
}
