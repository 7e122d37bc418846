import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/base/json.ts';
import { applyAssignments, parseAssignment } from '../../../src/deliver/set-path.ts';

const BODY: JsonObject = {
  id: 'notif_1',
  self: null,
  data: {
    item: {
      email: 'ada@example.com',
      open: true,
      count: 3,
      tags: { data: [{ name: 'VIP' }, { name: 'Billing' }] },
      custom_attributes: {},
      statistics: { 'a.b': 1 },
    },
  },
};
const set = (...given: readonly string[]): JsonObject =>
  applyAssignments(BODY, given.map(parseAssignment), 'the sample of ping');
const item = (body: JsonObject): JsonObject => (body['data'] as { item: JsonObject }).item;
const failure = (given: string): unknown => {
  try {
    return set(given);
  } catch (error) {
    return error;
  }
};

describe('--set', () => {
  test.each([
    ['data.item.email=bo@example.com', { email: 'bo@example.com' }],
    ['.data.item.email=bo@example.com', { email: 'bo@example.com' }],
    ['data.item.email=123', { email: '123' }],
    ['data.item.email=null', { email: 'null' }],
    ['data.item.email=', { email: '' }],
    ['data.item.email=a=b', { email: 'a=b' }],
    ['data.item.email:=null', { email: null }],
    ['data.item.email:={"a":[1]}', { email: { a: [1] } }],
    ['data.item.open=false', { open: false }],
    ['data.item.open=perhaps', { open: 'perhaps' }],
    ['data.item.count=12.5', { count: 12.5 }],
    ['data.item.tags.data[0].name=New', { tags: { data: [{ name: 'New' }, { name: 'Billing' }] } }],
    ['data.item.tags.data.1.name=New', { tags: { data: [{ name: 'VIP' }, { name: 'New' }] } }],
    ['data.item.tags.data=[]', { tags: { data: [] } }],
    ['data.item.statistics["a.b"]=2', { statistics: { 'a.b': 2 } }],
    ['data.item.custom_attributes.plan=pro', { custom_attributes: { plan: 'pro' } }],
    ['data.item.custom_attributes.seats=7', { custom_attributes: { seats: 7 } }],
    ['data.item.custom_attributes["Fin: x = y"]=on', { custom_attributes: { 'Fin: x = y': 'on' } }],
  ])('%s', (given, expected) => expect(item(set(given))).toMatchObject(expected));

  test('sets what stands at the top, several in order, and leaves the original alone', () => {
    expect(set('id=notif_2', 'self=https://propiq.example.com', 'id=notif_3')).toMatchObject({
      id: 'notif_3',
      self: 'https://propiq.example.com',
    });
    expect(BODY['id']).toBe('notif_1');
  });

  test('takes __proto__ as a name like any other', () => {
    const changed = set('data.item.custom_attributes.__proto__=x');
    expect(JSON.stringify(item(changed)['custom_attributes'])).toBe('{"__proto__":"x"}');
    expect(failure('__proto__.polluted=1')).toMatchObject({ code: 'sample/unknown-path' });
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  test.each([
    ['data.item.emial=x', 'data.item has no field "emial".', /Did you mean data\.item\.email/],
    ['email=x', 'The notification has no field "email".', /Did you mean data\.item\.email/],
    [
      'data.item.tags.data[2].name=x',
      'data.item.tags.data is a list with 2 entries.',
      /data\.item\.tags\.data\[[01]\]\.name/,
    ],
    ['data.item.email.local=x', 'data.item.email is a single value, with nothing in it.', /data\.item\.email/],
    ['self.url=x', 'self is null, with nothing in it.', /--set 'self:=/],
    [
      'data.item.custom_attributes.a.b=x',
      'data.item.custom_attributes has no field "a".',
      /data\.item\.custom_attributes/,
    ],
    ['data.item.new=x', 'data.item has no field "new".', /./],
  ])('%s matches nothing', (given, why, hint) => {
    expect(failure(given)).toMatchObject({ code: 'sample/unknown-path', why, hint: expect.stringMatching(hint) });
    expect(failure(given)).toMatchObject({ what: expect.stringContaining('the sample of ping') });
  });

  test.each(['', 'email', '=x', ':=1', 'a..b=1', 'a[=1', 'a[x]=1', 'a[""]=1', 'a["b]=1', 'a]=1'])(
    '"%s" is not path=value',
    (given) => expect(failure(given)).toMatchObject({ code: 'usage/invalid-value', exitCode: 2 }),
  );

  test('a value that must be JSON and is none is said so', () => {
    expect(failure('data.item.open:=maybe')).toMatchObject({ code: 'usage/invalid-value' });
  });

  test('reading never throws anything but an expected failure', () => {
    fc.assert(
      fc.property(fc.string(), (given) => {
        const outcome = failure(given);
        if (outcome instanceof Error) expect(outcome).toMatchObject({ name: 'AppError' });
      }),
    );
  });
});
