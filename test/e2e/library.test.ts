import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { PROGRAM, temporaryFolder } from '../support/cli.ts';

const PACKAGE = resolve(dirname(PROGRAM), '..');

/** A project that has the package installed. */
function consumer(files: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(PACKAGE, join(folder, 'node_modules', 'propiq-intercom'), 'junction');
  for (const [name, content] of Object.entries({ 'package.json': '{"type":"module"}', ...files }))
    writeFileSync(join(folder, name), content);
  return folder;
}

const USE = `import { findTopic, parseNotification, signNotification, verifySignature } from 'propiq-intercom';
const body = new TextEncoder().encode('{"type":"notification_event","topic":"ping","id":null}');
const header = signNotification(body, 'not-a-real-key');
const verdict = verifySignature({ body, header, secrets: ['not-a-real-key', 'an-older-key'] });
const parsed = parseNotification(body);
console.log(JSON.stringify({ header, verdict, topic: parsed.ok ? findTopic(parsed.notification.topic)?.name : parsed.problem }));
`;

describe('import from propiq-intercom', () => {
  test('signs, verifies and parses', () => {
    const cwd = consumer({ 'use.mjs': USE });
    expect(JSON.parse(execFileSync(process.execPath, ['use.mjs'], { cwd, encoding: 'utf8' }))).toEqual({
      header: 'sha1=c01389abcabf9b3eec17d57ea48c383645d854ea',
      verdict: { valid: true, algorithm: 'sha1', secretIndex: 0 },
      topic: 'ping',
    });
  });

  test('loads no other package', () => {
    const cwd = consumer({ 'use.mjs': USE });
    execFileSync(process.execPath, ['use.mjs'], { cwd, env: { ...process.env, NODE_V8_COVERAGE: join(cwd, 'seen') } });
    const seen = readdirSync(join(cwd, 'seen'))
      .map((file) => readFileSync(join(cwd, 'seen', file), 'utf8'))
      .join('');
    expect(seen).toContain('dist/intercom/signature.js');
    expect(seen.match(/node_modules\/(?!propiq-intercom)[^/"]+/g)).toBeNull();
  });

  test('has types that a strict project accepts, and that find a mistake', () => {
    const options = {
      strict: true,
      module: 'nodenext',
      target: 'es2023',
      noEmit: true,
      skipLibCheck: false,
      types: [],
    };
    const cwd = consumer({
      'use.ts': USE.replace('new TextEncoder().encode', 'String').replace('console.log', 'String'),
      'wrong.ts': "import { signNotification } from 'propiq-intercom';\nsignNotification('body', 'key', 'md5');\n",
      'tsconfig.json': JSON.stringify({ compilerOptions: options, files: ['use.ts'] }),
      'tsconfig.wrong.json': JSON.stringify({ compilerOptions: options, files: ['wrong.ts'] }),
    });
    const tsc = (project: string): string => {
      try {
        return execFileSync(
          process.execPath,
          [resolve(import.meta.dirname, '../../node_modules/typescript/bin/tsc'), '-p', project],
          { cwd, encoding: 'utf8' },
        );
      } catch (error) {
        return (error as { stdout: string }).stdout;
      }
    };
    expect(tsc('tsconfig.json')).toBe('');
    expect(tsc('tsconfig.wrong.json')).toContain('md5');
  });
});
