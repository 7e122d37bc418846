import { describe, expect, test } from 'vitest';
import { chooseTopics } from '../../../src/deliver/choose-topics.ts';
import type { ApiVersion } from '../../../src/intercom/topics.ts';

const names = (given: readonly string[], version?: ApiVersion, all = false): readonly string[] =>
  chooseTopics({ names: given, all, version }).map(({ topic }) => topic.name);

describe('topics to send', () => {
  test("are the guide's three when none is named, under the names of the version", () => {
    expect(names([])).toEqual(['contact.user.created', 'conversation.user.created', 'conversation.admin.replied']);
    expect(names([], '2.4')).toEqual(['user.created', 'conversation.user.created', 'conversation.admin.replied']);
  });

  test('come in the order asked for, also twice', () => {
    expect(names(['ping', 'contact.deleted', 'ping'])).toEqual(['ping', 'contact.deleted', 'ping']);
  });

  test.each(['user.created', 'contact.created', 'contact.updated', 'contact.archive', 'contact.unarchive'])(
    'may always be named by the old name %s',
    (name) => {
      expect(names([name])).toEqual([name]);
      expect(names([name], '2.18')).toEqual([name]);
    },
  );

  test('are all of a version whose shape is known', () => {
    expect(names([], '2.18', true)).toEqual(
      expect.arrayContaining(['ping', 'ticket.resolved', 'contact.unsubscribed']),
    );
    expect(names([], '2.18', true)).not.toEqual(expect.arrayContaining(['user.created']));
    expect(names([], '2.3', true)).toEqual(expect.arrayContaining(['ping', 'user.created', 'contact.tag.deleted']));
    expect(names([], '2.3', true)).not.toEqual(expect.arrayContaining(['ticket.created']));
  });

  test.each([
    ['contact.user.created', '2.4', /propiq-intercom send-test user\.created --api-version 2\.4/],
    ['ticket.created', '2.6', /topics list --api-version 2\.6/],
  ] as const)('%s is not one of API %s', (name, version, hint) => {
    expect(() => names([name], version)).toThrow(
      expect.objectContaining({ code: 'topic/not-in-version', exitCode: 2, hint: expect.stringMatching(hint) }),
    );
  });

  test.each([
    ['call.started', undefined, /--data @/],
    ['content_stat.email', undefined, /--data @/],
    ['conversation.rating.added', '2.4', /--data @/],
    ['conversation', undefined, /topics list conversation/],
  ] as const)('%s (API %s) has no known shape', (name, version, hint) => {
    expect(() => names([name], version)).toThrow(
      expect.objectContaining({ code: 'topic/unknown-shape', exitCode: 2, hint: expect.stringMatching(hint) }),
    );
  });

  test('a typo is answered with what was meant', () => {
    expect(() => names(['contact.user.creatd'])).toThrow(
      expect.objectContaining({ code: 'topic/unknown', hint: expect.stringContaining('contact.user.created') }),
    );
  });
});
