import { AppError } from '../base/errors.ts';
import type { JsonObject } from '../base/json.ts';
import { didYouMean } from '../base/suggest.ts';
import { cleanLine, plural, wrap } from '../base/text.ts';
import type { Topic } from '../intercom/topics.ts';
import { defineCommand, text } from './command.ts';
import type { Output } from './context.ts';

export const topicsList = defineCommand({
  schema: 'topics-list',
  about:
    'Lists what Intercom can notify of: the topics of all API versions, or of one, each with its other name (old and current ones differ since API 2.5), and how far its sample can be trusted: captured, documented or composed.',
  args: [{ spec: '[word]', about: 'only topics with this in their name or meaning' }],
  flags: {
    apiVersion: text('--api-version <version>', 'only the topics of this API version'),
    group: text('--group <name>', 'only the topics of this group: contact, conversation, ticket…'),
    search: text('--search <word>', 'the same as a word without a flag'),
  },
  examples: [
    'topics list',
    'topics list --api-version 2.4',
    'topics list replied',
    'topics list --group ticket --json',
  ],
  async run(input, context) {
    const { output } = context;
    const [{ NEWEST_API_VERSION, parseApiVersion, TOPICS, topicsInVersion }, { findShape }] = await Promise.all([
      import('../intercom/topics.ts'),
      import('../intercom/samples/shapes.ts'),
    ]);
    const version = input.apiVersion === undefined ? undefined : parseApiVersion(input.apiVersion);
    const known = version === undefined ? TOPICS : topicsInVersion(version);
    const inGroup = input.group === undefined ? known : ofGroup(input.group, known);
    const words = [...input.args, ...(input.search === undefined ? [] : [input.search])];
    const rows = inGroup
      .filter((topic) => words.every((word) => mentions(topic, word.toLowerCase())))
      .map((topic) => ({ topic, sample: findShape(topic.name, version ?? NEWEST_API_VERSION)?.origin ?? null }));
    const told = rows.length > 0 ? listText(rows, output) : nothingFound(words, known);
    output.result(
      'topics-list',
      true,
      { apiVersion: version ?? null, count: rows.length, topics: rows.map(rowJson) },
      told,
    );
    return 0;
  },
});

interface Row {
  readonly topic: Topic;
  readonly sample: string | null;
}

function mentions({ name, meaning, hubLabel = '', legacyName = '', currentName = '' }: Topic, word: string): boolean {
  return [name, meaning, hubLabel, legacyName, currentName].some((words) => words.toLowerCase().includes(word));
}

/** @throws AppError `usage/invalid-value` */
function ofGroup(given: string, topics: readonly Topic[]): readonly Topic[] {
  const wanted = given.toLowerCase();
  const groups = [...new Set(topics.map(({ group }) => group))];
  const chosen = groups.filter((group) => group.toLowerCase() === wanted);
  const begun = groups.filter((group) => group.toLowerCase().startsWith(wanted));
  const found = chosen.length > 0 ? chosen : begun;
  if (found.length > 0 && wanted !== '') return topics.filter(({ group }) => found.includes(group));
  throw new AppError('usage/invalid-value', {
    what: `There is no group "${cleanLine(given).slice(0, 40)}"`,
    why: `There are: ${groups.join(', ')}.`,
    hint: didYouMean(given, groups, 'propiq-intercom topics list'),
  });
}

function nothingFound(words: readonly string[], topics: readonly Topic[]): string {
  const names = topics.map(({ name }) => name);
  return `No topic matches. ${didYouMean(words.join('.'), names, 'propiq-intercom topics list shows all.')}`;
}

/** A group after the other, with the permissions that most of its topics need; those that need others say so. */
function listText(rows: readonly Row[], { paint, columns }: Output): string {
  const groups = new Map<string, Row[]>();
  for (const row of rows) groups.set(row.topic.group, [...(groups.get(row.topic.group) ?? []), row]);
  const told = [...groups].map(([group, members]) => {
    const usual = mostUsual(members.map(({ topic }) => permissionText(topic)));
    const width = Math.max(...members.map(({ topic }) => topic.name.length));
    const lines = members.flatMap((row) => rowLines(row, width, usual, columns));
    return [paint.bold(group), paint.dim(wrap(`permission: ${usual}`, columns, '  ')), ...lines].join('\n');
  });
  const samples = rows.filter(({ sample }) => sample !== null).length;
  const legend =
    'The word behind a name says what its sample rests on: captured from a delivery, documented by Intercom, or composed from siblings; - where there is none.';
  return [
    ...told,
    wrap(`${plural(rows.length, 'topic')}, ${samples} with a sample. ${legend}`, columns),
    `${paint.marks.arrow} propiq-intercom topics show <topic>`,
  ].join('\n\n');
}

function rowLines({ topic, sample }: Row, width: number, usual: string, columns: number): readonly string[] {
  const head = `  ${topic.name.padEnd(width)}  ${(sample ?? '-').padEnd(10)}`.trimEnd();
  const twin = twinText(topic);
  const line = `  ${topic.name.padEnd(width)}  ${(sample ?? '-').padEnd(10)}  ${twin}`;
  const lines = twin === '' ? [head] : line.length <= columns ? [line] : [head, `      ${twin}`];
  const permission = permissionText(topic);
  return permission === usual ? lines : [...lines, wrap(`permission: ${permission}`, columns, '      ')];
}

/** What the other generation of API versions calls it. */
function twinText({ name, legacyName, currentName }: Topic): string {
  if (currentName !== undefined && currentName !== name) return `now ${currentName}`;
  return legacyName !== undefined && legacyName !== name ? `was ${legacyName}` : '';
}

/** Any one of them is enough: our reading of the reference. */
function permissionText({ permissions }: Topic): string {
  if (permissions.length === 0) return 'not established';
  return permissions.length === 1 ? permissions.join() : `any of ${permissions.join(', ')}`;
}

function mostUsual(texts: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const words of texts) counts.set(words, (counts.get(words) ?? 0) + 1);
  return [...counts].reduce((best, entry) => (entry[1] > best[1] ? entry : best), ['', 0] as [string, number])[0];
}

function rowJson({ topic, sample }: Row): JsonObject {
  return {
    name: topic.name,
    group: topic.group,
    meaning: topic.meaning,
    permissions: [...topic.permissions],
    legacyName: topic.legacyName ?? null,
    currentName: topic.currentName ?? null,
    since: topic.since ?? null,
    itemType: topic.itemType,
    confidence: topic.confidence,
    sample,
  };
}
