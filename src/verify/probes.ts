import type { Exchange, HttpRequest } from '../base/ports.ts';
import type { Target } from './check.ts';

/** The eyes of a check. What several checks need is sent once and shared; every exchange is recorded, redacted, as evidence. */
export interface Probes {
  /** One exchange per function and run, shared by all who ask. */
  once(request: (target: Target) => HttpRequest): Promise<Exchange>;
  /** The same, undefined while no secret is known or signed probes are left out. */
  ifSecret(request: (target: Target) => HttpRequest): Promise<Exchange | undefined>;
  /** Sent every time. */
  send(request: HttpRequest): Promise<Exchange>;
}
