import { AppError } from '../base/errors.ts';
import { isObject, type JsonObject, type JsonValue } from '../base/json.ts';
import { didYouMean } from '../base/suggest.ts';
import { cleanLine, shorten } from '../base/text.ts';

/** One `--set`: where, and what was typed. */
export interface Assignment {
  /** As typed, for messages. */
  readonly path: string;
  readonly keys: readonly string[];
  readonly text: string;
  /** `path:=value`: the value is JSON, whatever stands there now. */
  readonly isJson: boolean;
}

/** Whose fields Intercom's users define themselves, so that a new one is no mistake. */
const OPEN_OBJECTS: ReadonlySet<string> = new Set(['custom_attributes', 'metadata', 'ticket_attributes']);
const KEY = /(?:^|\.)([^.[\]"]+)|\[(\d+)\]|\["((?:[^"\\]|\\.)+)"\]/y;

/**
 * `data.item.email=ada@example.com`, `data.item.tags.data[0].name=VIP` or `….0.name=VIP`, `…["a.b"]=x`; `path:=json`.
 * @throws AppError `usage/invalid-value`
 */
export function parseAssignment(given: string): Assignment {
  const equals = firstEquals(given);
  const isJson = given.charAt(equals - 1) === ':';
  const path = given.slice(0, isJson ? equals - 1 : equals);
  const keys = equals === -1 ? undefined : parsePath(path);
  if (keys === undefined) {
    throw new AppError('usage/invalid-value', {
      what: `"${shown(given)}" is not path=value`,
      why: 'Names are parted by dots, places in lists are numbers.',
      hint: "Write it like --set data.item.email=ada@example.com, or --set 'data.item.tags:=[]' for a JSON value.",
    });
  }
  return { path, keys, text: given.slice(equals + 1), isJson };
}

/** The first equals sign that is not part of a quoted name. */
function firstEquals(given: string): number {
  let isQuoted = false;
  for (let at = 0; at < given.length; at += 1) {
    const character = given.charAt(at);
    if (character === '=' && !isQuoted) return at;
    if (character === '"') isQuoted = !isQuoted;
    if (character === '\\' && isQuoted) at += 1;
  }
  return -1;
}

function parsePath(path: string): readonly string[] | undefined {
  const keys: string[] = [];
  const key = new RegExp(KEY);
  while (key.lastIndex < path.length) {
    const match = key.exec(path);
    if (match === null) return undefined;
    const [, name, index, quoted] = match;
    keys.push(quoted === undefined ? (name ?? index ?? '') : quoted.replace(/\\(.)/g, '$1'));
  }
  return keys.length === 0 ? undefined : keys;
}

/**
 * A copy with the values set. Text stays text; elsewhere what reads as JSON becomes that, and anything else text.
 * @param of what is changed, for messages: `the sample of ping`
 * @throws AppError `sample/unknown-path` where there is no such place; new names are taken in `custom_attributes` and the like
 */
export function applyAssignments(root: JsonObject, assignments: readonly Assignment[], of: string): JsonObject {
  const copy = structuredClone(root);
  for (const assignment of assignments) assign(copy, assignment, of);
  return copy;
}

function assign(root: JsonObject, assignment: Assignment, of: string): void {
  const { keys } = assignment;
  let node: JsonValue = root;
  keys.forEach((key, depth) => {
    const isLast = depth === keys.length - 1;
    const isKnown: boolean = Array.isArray(node)
      ? /^\d+$/.test(key) && Number(key) < node.length
      : isObject(node) && Object.hasOwn(node, key);
    const isNew = isLast && !isKnown && isObject(node) && OPEN_OBJECTS.has(keys[depth - 1] ?? '');
    if (!isKnown && !isNew) throw unknownPath(root, assignment, keys.slice(0, depth), key, of);
    const holder = node as Record<string, JsonValue>;
    if (isLast) place(holder, key, valueFor(assignment, isKnown ? holder[key] : undefined));
    else node = holder[key] ?? null;
  });
}

/** Also for `__proto__`, which would otherwise vanish. */
function place(holder: Record<string, JsonValue>, key: string, value: JsonValue): void {
  Object.defineProperty(holder, key, { value, enumerable: true, configurable: true, writable: true });
}

function valueFor({ path, text, isJson }: Assignment, now: JsonValue | undefined): JsonValue {
  if (typeof now === 'string' && !isJson) return text;
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    if (!isJson) return text;
    throw new AppError('usage/invalid-value', {
      what: `The value for ${shown(path)} is not JSON`,
      why: 'With := the value has to be JSON.',
      hint: 'Put texts in double quotes, or write = instead of :=.',
    });
  }
}

function unknownPath(
  root: JsonObject,
  { path }: Assignment,
  reached: readonly string[],
  key: string,
  of: string,
): AppError {
  const parent = reached.reduce<JsonValue>((node, name) => (node as Record<string, JsonValue>)[name] ?? null, root);
  const place = reached.length === 0 ? 'The notification' : shown(reached.join('.'));
  const why = Array.isArray(parent)
    ? `${place} is a list with ${parent.length === 1 ? 'one entry' : `${parent.length} entries`}.`
    : isObject(parent)
      ? `${place} has no field "${shown(key)}".`
      : `${place} is ${parent === null ? 'null' : 'a single value'}, with nothing in it.`;
  const otherwise =
    isObject(parent) || Array.isArray(parent)
      ? 'propiq-intercom send-test --print shows the whole body'
      : `Set it as a whole: --set '${place}:=…'`;
  const known: string[] = [];
  collectPaths(root, '', known);
  return new AppError('sample/unknown-path', {
    what: `"${shown(path)}" matches nothing in ${of}`,
    why,
    hint: didYouMean(path, known, otherwise),
  });
}

function collectPaths(value: JsonValue, path: string, into: string[]): void {
  if (path !== '') into.push(path);
  if (Array.isArray(value)) value.forEach((entry, at) => collectPaths(entry, `${path}[${at}]`, into));
  else if (isObject(value)) {
    for (const [name, entry] of Object.entries(value)) {
      collectPaths(entry, path === '' ? name : /[.[\]="]/.test(name) ? `${path}["${name}"]` : `${path}.${name}`, into);
    }
  }
}

function shown(text: string): string {
  return shorten(cleanLine(text), 80);
}
