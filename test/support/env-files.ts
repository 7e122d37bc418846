import fc from 'fast-check';

const END = fc.constantFrom('\n', '\n', '\n', '\r\n', '\r\n', '\r', '');
const KEY = fc.constantFrom(
  'A',
  'B',
  'a.b',
  'x-y',
  'export',
  'INTERCOM_WEBHOOK_SECRET',
  'INTERCOM_REGION',
  'LONG_NAME_1',
);
const SPACE = fc.constantFrom('', '', '', ' ', '  ', '\t', '\u00A0', '\uFEFF', '\v');

/** What has a meaning to some reader of env files, and what has none. */
const WORDS = ['a', 'b', '1', 'xyz', 'é', '漢', '😀', '${A}', '$(x)', '$', '{', '}', '!', '~', '%', '&', ';', '='];
const SIGNS = ['#', ' # ', ':', ': ', "'", '"', '`', '\\', '\\n', '\\r', "\\'", '\\"'];
const SPACES = [' ', '  ', '\t', '\u2028', '\u00A0', '\uFEFF'];
const FRAGMENT = fc.constantFrom(...WORDS, ...SIGNS, ...SPACES);
const BREAK = fc.constantFrom('\n', '\r\n', '\r', 'x=1\n', '# c\n');
const soup = (max: number): fc.Arbitrary<string> =>
  fc.array(FRAGMENT, { maxLength: max }).map((parts) => parts.join(''));
const lines = (max: number): fc.Arbitrary<string> =>
  fc.array(fc.oneof({ weight: 4, arbitrary: FRAGMENT }, BREAK), { maxLength: max }).map((parts) => parts.join(''));

const value = fc.oneof(
  soup(4),
  ...["'", '"', '`'].map((quote) => fc.oneof(soup(4), lines(5)).map((text) => quote + text + quote)),
  soup(3).map((text) => `"${text}`),
);
const entry = fc
  .tuple(
    SPACE,
    fc.constantFrom('', '', '', 'export ', 'export  ', 'export\t'),
    KEY,
    fc.constantFrom('=', '=', '=', ' = ', '= ', ' =', ': ', ':', '', '\n='),
    value,
    fc.oneof(
      fc.constantFrom('', '', ' ', '  '),
      soup(2).map((text) => ` # ${text}`),
      soup(2).map((text) => `#${text}`),
    ),
    END,
  )
  .map((parts) => parts.join(''));
const text = fc
  .tuple(fc.constantFrom('# ', '#', '', ' # ', '## '), fc.oneof(soup(4), KEY), END)
  .map((parts) => parts.join(''));

/** Env files of every shape, also broken ones. */
export const envFiles: fc.Arbitrary<string> = fc
  .tuple(
    fc.constantFrom('', '', '', '\uFEFF'),
    fc.array(fc.oneof({ weight: 3, arbitrary: entry }, text, END, lines(3)), { maxLength: 8 }),
  )
  .map(([mark, parts]) => mark + parts.join(''));

/** Values from harmless to hopeless. */
export const envValues: fc.Arbitrary<string> = fc.oneof(
  fc.stringMatching(/^[A-Za-z0-9_-]{1,40}$/),
  fc.stringMatching(/^[ -~]{1,20}$/),
  soup(5).filter((text) => text !== ''),
);
