import { describe, expect, test } from 'vitest';
import { handlerTable, type ModuleShape } from '../../../src/receive/handler-table.ts';

const table = (...exports: ModuleShape['exports']): ReturnType<typeof handlerTable> =>
  handlerTable({ exports }, 'handlers.mjs');
const F = 'function';

describe('the ways to export handlers', () => {
  test.each([
    ['an object called handlers', [['handlers', [['user.created', F]]]], ['handlers', 'user.created']],
    ['a default object', [['default', [['user.created', F]]]], ['default', 'user.created']],
    ['a function under the topic\u2019s name', [['user.created', F]], ['user.created']],
    ['a function for ping', [['ping', F]], undefined],
    ['a default function', [['default', F]], ['default']],
    ['a default among the handlers', [['handlers', [['default', F]]]], ['handlers', 'default']],
    [
      'a default function beside handlers, for a topic with one of its own',
      [
        ['default', F],
        ['handlers', [['user.created', F]]],
      ],
      ['handlers', 'user.created'],
    ],
    [
      'a default function beside handlers, for the rest',
      [
        ['default', F],
        ['handlers', [['ping', F]]],
      ],
      ['default'],
    ],
    [
      'other exports, which are nobody\u2019s business',
      [
        ['default', F],
        ['connect', F],
        ['VERSION', 'string'],
        ['table', [['a', 'string']]],
      ],
      ['default'],
    ],
    [
      'a CommonJS module',
      [
        ['__esModule', 'boolean'],
        ['default', [['user.created', F]]],
        ['module.exports', [['user.created', F]]],
      ],
      ['default', 'user.created'],
    ],
  ] as const)('%s', (_, exports, path) => {
    expect(table(...exports).find('user.created')).toEqual(path);
  });

  test.each([
    ['nothing', [], 'It exports no handler.'],
    ['an empty object', [['handlers', []]], 'It exports no handler.'],
    ['only what is no handler', [['VERSION', 'string']], 'It exports no handler.'],
    ['a table that is no table', [['handlers', F]], 'Its export "handlers" is no object (function).'],
    [
      'an entry that is no function',
      [['handlers', [['ping', 'undefined']]]],
      'handlers["ping"] is no function (undefined).',
    ],
    ['an object under a topic\u2019s name', [['user.created', []]], 'export "user.created" is no function (object).'],
    ['a default that is a text', [['default', 'string']], 'export "default" is no function (string).'],
    [
      'the same topic twice',
      [
        ['handlers', [['ping', F]]],
        ['default', [['ping', F]]],
      ],
      'There are two handlers for "ping".',
    ],
    [
      'two defaults',
      [
        ['handlers', [['default', F]]],
        ['default', F],
      ],
      'There are two handlers for "default".',
    ],
  ] as const)('%s is an error', (_, exports, why) => {
    expect(() => table(...exports)).toThrow(expect.objectContaining({ code: 'handler/no-handlers', why }));
  });
});

describe('a topic has two names', () => {
  test.each([
    ['contact.user.created', ['user.created'], 'user.created'],
    ['user.created', ['contact.user.created'], 'contact.user.created'],
    ['user.created', ['user.created', 'contact.user.created'], 'user.created'],
    ['contact.user.created', ['user.created', 'contact.user.created'], 'contact.user.created'],
    ['user.deleted', ['contact.deleted'], 'contact.deleted'],
    ['contact.deleted', ['user.deleted'], 'user.deleted'],
    ['contact.archived', ['contact.archive'], 'contact.archive'],
    ['contact.lead.created', ['contact.created'], 'contact.created'],
    ['contact.user.created', ['contact.created', 'default'], 'default'],
    ['made.up', ['user.created', 'default'], 'default'],
    ['made.up', ['made.up'], 'made.up'],
    ['toString', ['default'], 'default'],
    ['__proto__', ['user.created'], undefined],
  ])('%s, handled as %j, reaches %s', (topic, names, reached) => {
    const exports = [['handlers', names.map((name) => [name, F] as const)] as const];
    expect(table(...exports).find(topic)).toEqual(reached === undefined ? undefined : ['handlers', reached]);
  });
});

test('a name that is no topic is warned of, with the one that is probably meant', () => {
  const { warnings, topics, hasDefault } = table([
    'handlers',
    [
      ['user.craeted', F],
      ['ping', F],
      ['made.up.\u001b[31mtopic', F],
    ],
  ]);
  expect([topics.length, hasDefault]).toEqual([3, false]);
  expect(warnings).toEqual([
    'There is a handler for "user.craeted", which is no topic of the catalogue; is user.created meant?',
    'There is a handler for "made.up.topic", which is no topic of the catalogue',
  ]);
});
