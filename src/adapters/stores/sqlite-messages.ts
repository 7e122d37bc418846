import type { Engine } from './sqlite-engine.ts';
import type { Row } from './sqlite-rows.ts';

/** What the thread that writes does beside adding; each is a method of the engine. */
export type Task = 'addAll' | 'claim' | 'settleAll' | 'requeue' | 'removeSome' | 'ping';

/** Rows on their way to another thread: one text to copy, and one buffer that is handed over. */
export interface PackedRows {
  /** As JSON, five in a row: notification id, topic, time, length of the headers, length of the body. */
  readonly fields: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

type Fields = (string | number | null)[];
const FIELDS = 5;

export function packRows(rows: readonly Row[]): PackedRows {
  const fields: Fields = [];
  let length = 0;
  for (const { headers, body } of rows) length += headers.length + body.length;
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const { notificationId, topic, receivedAt, headers, body } of rows) {
    fields.push(notificationId, topic, receivedAt, headers.length, body.length);
    bytes.set(headers, at);
    bytes.set(body, at + headers.length);
    at += headers.length + body.length;
  }
  return { fields: JSON.stringify(fields), bytes };
}

export function unpackRows({ fields, bytes }: PackedRows): Row[] {
  const rows: Row[] = [];
  const values = JSON.parse(fields) as Fields;
  let at = 0;
  const take = (length: number): Uint8Array => bytes.subarray(at, (at += length));
  for (let first = 0; first < values.length; first += FIELDS) {
    rows.push({
      notificationId: values[first] as string | null,
      topic: values[first + 1] as string,
      receivedAt: values[first + 2] as number,
      headers: take(values[first + 3] as number),
      body: take(values[first + 4] as number),
    });
  }
  return rows;
}

export type Asked =
  | { readonly kind: 'add'; readonly rows: PackedRows }
  | { readonly kind: 'do'; readonly task: Exclude<Task, 'addAll'>; readonly given: Parameters<Engine[Task]> }
  | { readonly kind: 'close' };

/** What the thread says: a result, or the parts of an AppError, or the words of a bug. */
export type Told =
  | { readonly kind: 'done'; readonly result: unknown }
  | {
      readonly kind: 'error';
      readonly code: string;
      readonly what: string;
      readonly why: string;
      readonly hint: string;
    }
  | { readonly kind: 'bug'; readonly message: string };
