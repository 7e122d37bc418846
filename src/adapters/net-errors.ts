import { AppError } from '../base/errors.ts';
import { explainAnswer, explainHandshake } from './answer-errors.ts';
import { explainConnect, explainName } from './connect-errors.ts';
import { failuresIn, type NetContext, type NetFinding, type NetPhase, type NetTrouble } from './net-failure.ts';
import { explainProxy } from './proxy-errors.ts';

const EXPLAIN: Readonly<Record<NetPhase, (trouble: NetTrouble) => NetFinding>> = {
  name: explainName,
  connect: explainConnect,
  proxy: explainProxy,
  tls: explainHandshake,
  answer: explainAnswer,
};

/**
 * Why a connection or an answer did not come, in words. Takes whatever Node or undici throws: causes are unwrapped, and
 * the several failures behind one name are all told.
 *
 * The code tells how far it came. Before the receiver had taken the connection: `net/dns`, `net/refused`,
 * `net/unreachable`, `net/timeout`, `net/proxy`. After that: `net/tls`, `net/no-answer` (silence), `net/reset` (closed),
 * `net/protocol` (no HTTP).
 */
export function classifyNetError(error: unknown, context: NetContext): AppError {
  if (error instanceof AppError) return error;
  const { code, ...parts } = EXPLAIN[context.phase]({ error, failures: failuresIn(error), context });
  return new AppError(code, parts, { cause: error });
}
