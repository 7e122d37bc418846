import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'dotenv';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseEnvDocument } from '../../../src/base/env-document.ts';
import { AppError } from '../../../src/base/errors.ts';
import { keyState, setEnvKey } from '../../../src/setup/env-edit.ts';
import { temporaryFolder } from '../../support/cli.ts';
import { envValues } from '../../support/env-files.ts';

const KEY = 'INTERCOM_WEBHOOK_SECRET';

/** Files that are sound for every reader, with the key's line in many forms. */
const BEFORE: readonly string[] = [
  '',
  'A=1\n',
  `A=1\n# ${KEY} will be generated when you create the webhook\nB='two words'\n`,
  `export ${KEY}=old # note\nB="x"\n`,
  `${KEY}="old"\nB='y'\n`,
  `${KEY}='old' # it is "old"\n`,
  `A='several\nlines'\n  ${KEY}=old#note\nZ=1`,
  `${KEY}= # fill this in\n`,
  `${KEY}=one\n${KEY}=two\n`,
  `${KEY}: old\n`,
  `${KEY} = old\n`,
  `A=1\r\n${KEY}=old\r\nB=2\r\n`,
  `\uFEFF${KEY}=old\n`,
  `\u00A0${KEY}=old\n`,
];

interface Written {
  readonly text: string;
  readonly value: string;
  readonly differing: readonly string[];
}

/** Each file with many values, as far as dotenv can read them back. */
function writeAll(count: number): Written[] {
  const values = fc.sample(envValues, { numRuns: count, seed: 7 });
  return values.flatMap((value, at) => {
    try {
      const { text } = setEnvKey(BEFORE[at % BEFORE.length] ?? '', KEY, value);
      const { differences } = keyState(parseEnvDocument(text), KEY);
      return [{ text, value: parse(text)[KEY] ?? '', differing: differences.map(({ reader }) => reader) }];
    } catch (error) {
      expect(error).toBeInstanceOf(AppError);
      return [];
    }
  });
}

/** What a reader makes of the key in each file; undefined where it finds none. */
type Read = (files: readonly string[]) => readonly (string | undefined)[];

const PYTHON = `
import io, json, logging, sys
from dotenv import dotenv_values
logging.disable(logging.CRITICAL)
files = json.load(sys.stdin)
json.dump([dotenv_values(stream=io.StringIO(text, newline=None)).get("${KEY}") for text in files], sys.stdout)
`;

const python: Read = (files) => {
  const { stdout, stderr, status } = spawnSync('/usr/bin/python3', ['-c', PYTHON], {
    input: JSON.stringify(files),
    encoding: 'utf8',
    maxBuffer: 1e9,
    env: {},
  });
  if (status !== 0)
    throw new Error(`python3 with python3-dotenv is needed (apt-get install python3-dotenv): ${stderr}`);
  return (JSON.parse(stdout) as (string | null)[]).map((value) => value ?? undefined);
};

const shell =
  (program: string): Read =>
  (files) => {
    const folder = temporaryFolder();
    files.forEach((text, at) => writeFileSync(join(folder, `${at}.env`), text));
    const script = `i=0; while [ $i -lt ${files.length} ]; do (set -a; . ./$i.env; printf %s "$${KEY}") 2>/dev/null; printf '\\0'; i=$((i+1)); done`;
    const { stdout, status, error } = spawnSync(program, ['-c', script], {
      cwd: folder,
      encoding: 'utf8',
      maxBuffer: 1e9,
      env: { PATH: '/nonexistent' },
    });
    if (status !== 0) throw new Error(`${program} is needed: ${error?.message ?? status}`);
    return stdout.split('\0').slice(0, -1);
  };

describe('other readers of env files', () => {
  const written = writeAll(6000);

  test.each<[string, string, Read]>([
    ['python-dotenv', 'python-dotenv', python],
    ['dash', 'sh', shell('/bin/dash')],
    ['bash', 'sh', shell('/bin/bash')],
  ])('%s reads what dotenv reads, or is named as one that does not', (_, reader, read) => {
    const agreeing = written.filter(({ differing }) => !differing.includes(reader));
    expect(agreeing.length).toBeGreaterThan(written.length / 3);
    const found = read(agreeing.map(({ text }) => text));
    const wrong = agreeing.flatMap(({ text, value }, at) =>
      found[at] === value ? [] : [{ text, value, found: found[at] }],
    );
    expect(wrong.slice(0, 3)).toEqual([]);
  });

  test.each<[string, string, Read]>([
    ['python-dotenv', 'python-dotenv', python],
    ['dash', 'sh', shell('/bin/dash')],
  ])('%s is not named where it reads the same', (_, reader, read) => {
    const named = written.filter(({ differing }) => differing.includes(reader));
    const found = read(named.map(({ text }) => text));
    const same = named.filter(({ value }, at) => found[at] === value);
    expect(same.length).toBeLessThan(named.length / 20);
  });
});
