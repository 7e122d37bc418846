import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../../..');
const PAGES = ['README.md', 'examples/README.md', ...readdirSync(join(ROOT, 'docs')).map((name) => `docs/${name}`)];
const LINK = /\]\((?!https?:|#)([^)#\s]+)/g;

/** Paths that a page links to, from the root. */
function linksOf(page: string): readonly string[] {
  const text = readFileSync(join(ROOT, page), 'utf8');
  return [...text.matchAll(LINK)].map(([, link = '']) => normalize(join(dirname(page), link)).replace(/[/\\]$/, ''));
}

test('every page that is linked to is there, and comes with the package', () => {
  const options = { cwd: ROOT, encoding: 'utf8', shell: process.platform === 'win32' } as const;
  const packed = JSON.parse(execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], options)) as {
    files: { path: string }[];
  }[];
  const paths = (packed[0]?.files ?? []).map(({ path }) => path);
  const links = PAGES.flatMap(linksOf);
  expect(links).toContain(normalize('docs/inbox.md'));
  const missing = links.filter(
    (link) => !existsSync(join(ROOT, link)) || !paths.some((path) => path === link || path.startsWith(`${link}/`)),
  );
  expect(missing).toEqual([]);
});
