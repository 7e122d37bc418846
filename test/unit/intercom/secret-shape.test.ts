import { randomBytes, randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Secret } from '../../../src/base/secret.ts';
import { isPlaceholder, judgeSecretShape } from '../../../src/intercom/secret-shape.ts';

const real = randomBytes(20).toString('hex');

describe('judgeSecretShape', () => {
  test.each([
    real,
    randomUUID(),
    'not-a-real-key',
    'my-secret',
    'test-secret',
    'example-key-1',
    'a$b#c\\d',
    'pässwörd',
  ])('finds nothing wrong with %s', (secret) => {
    expect(judgeSecretShape(new Secret(secret)).verdict).toBe('sound');
  });

  test.each([
    ['', 'empty'],
    ['   ', 'empty'],
    ['whsec_YOUR_ACTUAL_SECRET_HERE', 'placeholder'],
    ['whsec_YOUR_SECRET_HERE', 'placeholder'],
    ['whsec_...', 'placeholder'],
    ['changeme', 'placeholder'],
    ['CHANGE_ME', 'placeholder'],
    ['<your client secret>', 'placeholder'],
    ['your-client-secret', 'placeholder'],
    ['xxxxxxxx', 'placeholder'],
    ['secret', 'placeholder'],
    ['${INTERCOM_WEBHOOK_SECRET}', 'placeholder'],
    ['••••••••••••', 'placeholder'],
    [`encrypted:${real}`, 'where the secret is kept'],
    ['ENC[AES256_GCM,data:abc,iv:def,type:str]', 'where the secret is kept'],
    ['op://vault/intercom/secret', 'where the secret is kept'],
    ['@Microsoft.KeyVault(SecretUri=https://vault.example/secrets/intercom/)', 'where the secret is kept'],
    ['$INTERCOM_CLIENT_SECRET', 'where the secret is kept'],
    ['$(cat /run/secrets/intercom)', 'where the secret is kept'],
    [`$${real}$`, 'sound'],
    [`${real}\n`, 'line break'],
    [`${real}\r`, 'line break'],
    [` ${real}`, 'around it'],
    [`${real} `, 'around it'],
    [`${real}\t${real}`, 'inside it'],
    [`"${real}"`, 'quotes'],
    [`'${real}'`, 'quotes'],
    [`“${real}”`, 'quotes'],
    [`"${real}`, 'quotes'],
    [`Bearer${real}`, 'sound'],
    [`dG9rO${real}`, 'access token'],
    [`INTERCOM_WEBHOOK_SECRET=${real}`, 'name of the variable'],
    [`${real}\u0007`, 'control character'],
    [`${real}\u200b`, 'cannot be seen'],
  ])('judges %j: %s', (secret, expected) => {
    const { verdict, problem } = judgeSecretShape(new Secret(secret));
    expect(expected === 'sound' ? verdict : problem).toContain(expected);
    if (expected !== 'sound') expect(verdict).toBe('unusable');
  });

  test('lets whsec_ pass with a note, since Intercom has no such secret', () => {
    expect(judgeSecretShape(new Secret(`whsec_${real}`))).toMatchObject({ verdict: 'note' });
  });

  test('never repeats the secret in its words', () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[0-9A-Za-z]{12,40}$/),
        fc.constantFrom('', ' ', '\n', '"', 'whsec_', 'Bearer '),
        (core, around) => {
          expect(JSON.stringify(judgeSecretShape(new Secret(`${around}${core}${around}`)))).not.toContain(core);
        },
      ),
    );
  });
});

test('random secrets are never taken for placeholders', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 12, maxLength: 32 }), (bytes) => {
      fc.pre(new Set(bytes).size > 1);
      expect(isPlaceholder(Buffer.from(bytes).toString('hex'))).toBe(false);
    }),
    { numRuns: 2000 },
  );
});
