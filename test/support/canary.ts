import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';

/** The spellings in which a secret could slip out. */
function spellingsOf(secret: string): readonly string[] {
  const bytes = Buffer.from(secret);
  return [secret, encodeURIComponent(secret), bytes.toString('hex'), bytes.toString('base64').replace(/=+$/, '')];
}

/**
 * No text, and no file below the folder but those named, has the secret in it, in any spelling.
 * @param allowed files where it belongs, relative to the folder
 */
export function expectNowhere(
  secret: string,
  { texts, folder, allowed }: { texts: readonly string[]; folder: string; allowed: readonly string[] },
): void {
  expect(secret.length).toBeGreaterThan(11);
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => statSync(join(folder, file)).isFile())
    .map((file) => ({ file, text: readFileSync(join(folder, file), 'latin1') }));
  for (const spelling of spellingsOf(secret)) {
    expect(texts.filter((text) => text.includes(spelling))).toEqual([]);
    expect(
      files.filter(({ file, text }) => !allowed.includes(file) && text.includes(spelling)).map(({ file }) => file),
    ).toEqual([]);
  }
}
