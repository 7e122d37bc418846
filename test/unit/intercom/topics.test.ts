import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  API_VERSIONS,
  findTopic,
  isInVersion,
  isLegacyName,
  isMainTopic,
  isOtherSpelling,
  nameInVersion,
  parseApiVersion,
  requireTopic,
  type Topic,
  TOPICS,
  topicsInVersion,
  versionsOf,
} from '../../../src/intercom/topics.ts';

const topic = (name: string): Topic => requireTopic(name);

test('names are unique, and every other name is known or an old spelling', () => {
  expect(new Set(TOPICS.map(({ name }) => name)).size).toBe(TOPICS.length);
  const others = TOPICS.flatMap(({ legacyName, currentName }) => [legacyName, currentName]).filter(Boolean);
  expect(others.filter((name) => findTopic(name ?? '') === undefined)).toEqual([]);
});

test.each([
  ['user.created', '2.4', true],
  ['user.created', '2.5', false],
  ['contact.user.created', '2.4', false],
  ['contact.user.created', '2.18', true],
  ['conversation.user.created', '1.0', true],
  ['conversation.user.created', 'Preview', true],
  ['ticket.created', '2.8', false],
  ['ticket.created', '2.9', true],
  ['ticket.resolved', '2.14', false],
  ['ticket.admin.snoozed', '2.16', true],
  ['contact.updated', '1.0', true],
  ['contact.updated', '1.1', false],
  ['audience.created', '2.18', false],
  ['audience.created', 'Preview', true],
  ['conversation.admin.open.assigned', '2.5', false],
  ['conversation', '2.4', true],
  ['conversation', '2.5', false],
  ['ping', '1.0', true],
] as const)('%s in API %s: %s', (name, version, expected) => {
  expect(isInVersion(topic(name), version)).toBe(expected);
});

test.each([
  ['user.created', '2.5', 'contact.user.created'],
  ['contact.user.created', '2.4', 'user.created'],
  ['contact.lead.created', '2.0', 'contact.created'],
  ['contact.user.updated', '2.0', 'contact.user.updated'],
  ['conversation.read', '2.18', 'conversation.read'],
] as const)('%s is called in API %s %s', (name, version, expected) => {
  expect(nameInVersion(topic(name), version)).toBe(expected);
});

test.each(API_VERSIONS)('API %s has no two names for the same thing', (version) => {
  const names = topicsInVersion(version).map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  const known = new Set(names);
  for (const { name, currentName } of topicsInVersion(version)) {
    if (currentName !== undefined && currentName !== name) expect(known.has(currentName), name).toBe(false);
  }
});

describe('what a name is', () => {
  test.each([
    ['user.created', true, false, false],
    ['contact.user.created', false, false, false],
    ['contact.archive', true, true, false],
    ['contact.unarchive', false, true, false],
    ['conversation', true, false, true],
    ['ping', false, false, false],
  ])('%s: legacy %s, other spelling %s, main topic %s', (name, legacy, spelling, main) => {
    expect([isLegacyName(topic(name)), isOtherSpelling(topic(name)), isMainTopic(topic(name))]).toEqual([
      legacy,
      spelling,
      main,
    ]);
  });

  test('every topic says which API versions know it', () => {
    for (const known of TOPICS) expect(versionsOf(known), known.name).toMatch(/\d|all|Preview|preview/);
  });
});

test.each([
  ['usr.created', /user\.created/],
  ['conversation.closed', /conversation\.(?:read|admin\.closed|deleted)/],
  ['contact.creatd', /contact\.created/],
  ['something.else.entirely', /topics list/],
])('%s is unknown, and the hint helps', (name, hint) => {
  expect(() => requireTopic(name)).toThrow(
    expect.objectContaining({ code: 'topic/unknown', hint: expect.stringMatching(hint) }),
  );
});

test.each([
  ['2.18', '2.18'],
  [' preview ', 'Preview'],
  ['PREVIEW', 'Preview'],
])('the version %s is %s', (given, expected) => expect(parseApiVersion(given)).toBe(expected));

test.each(['2.19', '3', 'v2.4', '', 'latest'])('"%s" is no version', (given) => {
  expect(() => parseApiVersion(given)).toThrow(expect.objectContaining({ code: 'usage/invalid-value' }));
});

test('no source has a line that only this computer knows', () => {
  const text = readFileSync(new URL('../../../src/intercom/topics-table.ts', import.meta.url), 'utf8');
  expect(text).not.toMatch(/\/(?:home|root|work|tmp)\//);
});
