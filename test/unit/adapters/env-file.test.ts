import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readEnvFile } from '../../../src/adapters/env-file.ts';
import { temporaryFolder } from '../../support/cli.ts';
import { asOrdinaryUser } from '../../support/other-user.ts';

async function read(content: string | Uint8Array): Promise<Awaited<ReturnType<typeof readEnvFile>>> {
  const path = join(temporaryFolder(), '.env');
  writeFileSync(path, content);
  return readEnvFile(path, 'named', '.env');
}
const refusal = (why: string): Error =>
  expect.objectContaining({ code: 'settings/env-file', why: expect.stringContaining(why) as string }) as Error;

describe('readEnvFile', () => {
  test.each([
    ['INTERCOM_WEBHOOK_SECRET=abc', 'abc', 1],
    ['\uFEFFINTERCOM_WEBHOOK_SECRET=abc\r\n', 'abc', 1],
    ['# x\r\n\r\nexport INTERCOM_WEBHOOK_SECRET="a#b"\r\n', 'a#b', 3],
    ['INTERCOM_WEBHOOK_SECRET=one\nINTERCOM_WEBHOOK_SECRET=two\n', 'two', 2],
    ['  INTERCOM_WEBHOOK_SECRET = abc # note\n', 'abc', 1],
    ["INTERCOM_WEBHOOK_SECRET='a b '\n", 'a b ', 1],
    ['INTERCOM_WEBHOOK_SECRET=abc\nKEY="\nINTERCOM_WEBHOOK_SECRET\n"\n', 'abc', 1],
  ])('reads %j as dotenv does, and knows the line', async (content, value, line) => {
    expect(await read(content)).toMatchObject({
      values: { INTERCOM_WEBHOOK_SECRET: value },
      lines: { INTERCOM_WEBHOOK_SECRET: line },
    });
  });

  test('lets the file that will be written be unfinished', async () => {
    const path = join(temporaryFolder(), '.env');
    expect(await readEnvFile(path, 'target', '.env')).toBeUndefined();
    writeFileSync(path, 'INTERCOM_REGION=eu\nINTERCOM_WEBHOOK_SECRET\n');
    expect(await readEnvFile(path, 'target', '.env')).toMatchObject({ values: { INTERCOM_REGION: 'eu' } });
  });

  test('keeps no key but ours', async () => {
    const file = await read(
      'NODE_OPTIONS=--x\nHTTPS_PROXY=http://x\nPROPIQ_INTERCOM_HOST=0.0.0.0\nINTERCOM_REGION=eu\n__proto__=1\n',
    );
    expect(file?.values).toEqual({ INTERCOM_REGION: 'eu' });
  });

  test.each([
    [Buffer.from('INTERCOM_REGION=eu', 'utf16le'), 'not a text file'],
    [Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('INTERCOM_REGION=eu', 'utf16le')]), 'UTF-16'],
    [Buffer.from([0x49, 0xff, 0x00]), 'not a text file'],
    ['INTERCOM_WEBHOOK_SECRET\n', 'Line 1 names INTERCOM_WEBHOOK_SECRET but gives it no value'],
    ['A=1\nexport INTERCOM_WEBHOOK_SECRET\n', 'Line 2'],
    ['INTERCOM_WEBHOOK_SECRET abc\n', 'Line 1'],
    ['x'.repeat(256 * 1024 + 1), 'longer than'],
    ['\n'.repeat(200_000), 'blank lines'],
    [`A=1\n${' \r\n'.repeat(60_000)}B=1`, 'blank lines'],
  ])('refuses %s', async (content, why) => {
    await expect(read(content)).rejects.toThrow(refusal(why));
  });

  test('refuses a directory, and a missing file only when it was named', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'dir'));
    await expect(readEnvFile(join(folder, 'dir'), 'default', 'dir')).rejects.toThrow(refusal('directory'));
    await expect(readEnvFile(join(folder, 'none'), 'named', 'none')).rejects.toThrow(refusal('no such file'));
    expect(await readEnvFile(join(folder, 'none'), 'default', 'none')).toBeUndefined();
  });

  test('refuses a file that this user may not read', async () => {
    const folder = temporaryFolder();
    chmodSync(folder, 0o755);
    const path = join(folder, '.env');
    writeFileSync(path, 'INTERCOM_REGION=eu', { mode: 0o000 });
    await asOrdinaryUser(() =>
      expect(readEnvFile(path, 'named', '.env')).rejects.toThrow(refusal('This user may not read it. (EACCES)')),
    );
  });

  test('any text is read or refused, and never half of a value is made up', async () => {
    const { parse } = await import('dotenv');
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme' }), async (value) => {
        const content = `INTERCOM_WEBHOOK_SECRET=${value}\n`;
        const file = await read(content).catch(() => undefined);
        if (file) expect(file.values['INTERCOM_WEBHOOK_SECRET']).toBe(parse(content)['INTERCOM_WEBHOOK_SECRET']);
      }),
      { numRuns: 200 },
    );
  });
});
