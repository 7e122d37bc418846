import { expect, test } from 'vitest';
import { closeMatches, didYouMean } from '../../../src/base/suggest.ts';

const known = ['user.created', 'contact.user.created', 'conversation.user.created', 'ping', 'verify'];

test.each([
  ['user.create', 'user.created'],
  ['usercreated', 'user.created'],
  ['PING', 'ping'],
  ['vrify', 'verify'],
])('%s is near %s', (typed, near) => expect(closeMatches(typed, known)[0]).toBe(near));

test('nothing is near what has nothing in common', () => {
  expect(closeMatches('zzzzzzzzzz', known)).toEqual([]);
  expect(didYouMean('zzzzzzzzzz', known, 'See the list.')).toBe('See the list.');
});

test('a question names up to three', () => {
  expect(didYouMean('created', known, '')).toBe(
    'Did you mean user.created, contact.user.created or conversation.user.created?',
  );
  expect(didYouMean('pin', known, '')).toBe('Did you mean ping?');
});
