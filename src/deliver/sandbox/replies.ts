import type { Reply } from '../../base/application.ts';
import type { AppError } from '../../base/errors.ts';
import type { JsonValue } from '../../base/json.ts';
import type { HeaderList } from '../../base/ports.ts';
import type { Dice } from '../../intercom/samples/dice.ts';

/** A refusal in Intercom's form. Codes: developers.intercom.com, docs/references/2.17/rest-api/errors/error-codes. */
export interface Fault {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly field?: string;
  /** What the network said, where that is behind it. Not part of the reply. */
  readonly cause?: AppError;
}

const HEADERS: HeaderList = [
  ['Content-Type', 'application/json; charset=utf-8'],
  ['Cache-Control', 'no-store'],
  ['X-Content-Type-Options', 'nosniff'],
];

export function jsonReply(status: number, body: JsonValue, more: HeaderList = []): Reply {
  return { status, headers: [...HEADERS, ...more], body: JSON.stringify(body) };
}

/** `error.list`. Source: OpenAPI 2.16, schema `error`. */
export function faultReply({ status, code, message, field }: Fault, dice: Dice, more: HeaderList = []): Reply {
  const errors = [{ code, message, ...(field !== undefined && { field }) }];
  return jsonReply(status, { type: 'error.list', request_id: dice.uuid(), errors }, more);
}

export const NOT_FOUND: Fault = { status: 404, code: 'not_found', message: 'Resource Not Found' };
export const UNAUTHORIZED: Fault = { status: 401, code: 'unauthorized', message: 'Access Token Invalid' };

export function invalid(field: string, message: string): Fault {
  return { status: 422, code: 'parameter_invalid', message, field };
}

export function isFault(value: object): value is Fault {
  return 'code' in value && 'status' in value && 'message' in value;
}
