import { AppError } from '../base/errors.ts';
import { closeMatches } from '../base/suggest.ts';
import { cleanLine } from '../base/text.ts';
import { findTopic, namesOfSameTopic, TOPICS } from '../intercom/topics.ts';

/** What a module exports, as far as it matters; an object with the types of what is in it. */
export interface ModuleShape {
  readonly exports: readonly (readonly [name: string, type: ExportType])[];
}
type ExportType = string | readonly (readonly [name: string, type: string])[];

/** Where a handler is in its module: the export's name, and the key where that is an object. */
export type HandlerPath = readonly [name: string, key?: string];

export interface HandlerTable {
  /** The topics that have a handler of their own, as the module names them. */
  readonly topics: readonly string[];
  readonly hasDefault: boolean;
  /** Names that are probably mistyped. */
  readonly warnings: readonly string[];
  /** The topic's own handler, else that of its other name, else the default. */
  find(topic: string): HandlerPath | undefined;
}

const TABLE = 'handlers';
const REST = 'default';
/** What Node adds to the names of a CommonJS module. */
const NOT_OURS: ReadonlySet<string> = new Set(['module.exports', '__esModule']);

/**
 * Finds the handlers among the exports of a module: `handlers` or a default export that is an object (both by topic, with
 * `default` for the rest), functions that are exported under the name of a topic, and a default export that is a
 * function, for the rest. Other exports are the module's own affair.
 * @throws AppError `handler/no-handlers` where there is none, or something is no function, or a topic has two
 */
export function handlerTable({ exports }: ModuleShape, file: string): HandlerTable {
  const found = new Map<string, HandlerPath>();
  const take = (topic: string, type: string, path: HandlerPath): void => {
    const place = path.length === 1 ? `export "${topic}"` : `${path[0]}["${topic}"]`;
    if (type !== 'function') throw unusable(file, `${cleanLine(place)} is no function (${type}).`);
    if (found.has(topic)) throw unusable(file, `There are two handlers for "${cleanLine(topic)}".`);
    found.set(topic, path);
  };
  for (const [name, type] of exports) {
    if (NOT_OURS.has(name)) continue;
    if (name === TABLE && typeof type === 'string')
      throw unusable(file, `Its export "handlers" is no object (${type}).`);
    if (name === TABLE || (name === REST && typeof type !== 'string')) {
      for (const [topic, inner] of type as readonly (readonly [string, string])[]) {
        if (!NOT_OURS.has(topic)) take(topic, inner, [name, topic]);
      }
    } else if (name === REST || isTopicName(name)) take(name, typeof type === 'string' ? type : 'object', [name]);
  }
  if (found.size === 0) throw unusable(file, 'It exports no handler.');
  const topics = [...found.keys()].filter((name) => name !== REST);
  return {
    topics,
    hasDefault: found.has(REST),
    warnings: topics.flatMap(unknownTopicWarning),
    find(topic) {
      const name = [topic, ...namesOfSameTopic(topic), REST].find((candidate) => found.has(candidate));
      return name === undefined ? undefined : found.get(name);
    },
  };
}

/** A name with a dot is meant for a topic, known or not. */
function isTopicName(name: string): boolean {
  return name.includes('.') || findTopic(name) !== undefined;
}

function unknownTopicWarning(name: string): string[] {
  if (findTopic(name)) return [];
  const [close] = closeMatches(
    name,
    TOPICS.map((topic) => topic.name),
  );
  return [
    `There is a handler for "${cleanLine(name).slice(0, 60)}", which is no topic of the catalogue${close === undefined ? '' : `; is ${close} meant?`}`,
  ];
}

function unusable(file: string, why: string): AppError {
  return new AppError('handler/no-handlers', {
    what: `No handlers can be taken from ${file}`,
    why,
    hint: "Write it like: export const handlers = { 'contact.user.created': async (notification, context) => { … } };",
  });
}
