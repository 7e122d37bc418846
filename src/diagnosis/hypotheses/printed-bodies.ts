import { decodeUtf8Strictly } from '../../base/text.ts';
import { bytes, type Cause, type Variant } from '../hypothesis.ts';
import {
  escapeDotnet,
  escapeGson,
  escapeHtml,
  escapeNonAscii,
  escapeSlashes,
  printTree,
  pythonNumber,
} from '../json-print.ts';
import { readTree, type Tree } from '../json-tree.ts';
import { COMPACT, GO, JAVA, PHP, type Printer, PYTHON, PYTHON_COMPACT, RUBY, SPACED } from './printers.ts';

const WHY =
  'Intercom signs the bytes that it sends. A body that was parsed and printed again has other bytes as soon as its spacing, the order of its keys or its escapes differ, which Intercom may change at any time.';
const FIX = 'Compute the HMAC over the raw bytes of the request, before any JSON parser, and parse afterwards.';
const SOURCE = 'https://developers.intercom.com/docs/references/preview/webhooks/webhook-models (Signed notifications)';

/** The body was parsed and printed again before it was signed, as each language prints JSON. */
export const PRINTED_BODIES: readonly Cause[] = [
  printed('body-compact', {
    title: 'The receiver signs the parsed body, printed without spaces',
    why: `${WHY} JSON.stringify(req.body) is the usual form of it.`,
    source: 'https://github.com/stripe/stripe-node/issues/356 (the same with another service)',
    variants: [
      {
        words: 'the parsed body, printed by JSON.stringify',
        odds: 3,
        language: 'js',
        alter: alterText(restringified),
      },
      printing('the parsed body, printed without spaces', 1, COMPACT),
    ],
  }),
  printed('body-python', {
    title: "The receiver signs the parsed body, printed by Python's json.dumps",
    why: `${WHY} json.dumps puts a space after each comma and colon and escapes everything that is not ASCII.`,
    variants: [printing('the parsed body, printed by json.dumps', 3, PYTHON)],
  }),
  printed('body-python-compact', {
    title: 'The receiver signs the parsed body, printed by json.dumps with compact separators',
    why: `${WHY} separators=(',', ':') is a popular cure: it passes while all is ASCII and compact, and fails on the first accent or emoji.`,
    source:
      'https://community.intercom.com/api-webhooks-23/python-sha-1-webhook-verification-9103 (the answer endorsed there)',
    variants: [
      printing("the parsed body, printed by json.dumps(…, separators=(',', ':'))", 3, PYTHON_COMPACT),
      printing('the parsed body, printed compactly with upper-case \\u escapes', 1, {
        ...COMPACT,
        escape: (text) => text.replace(/[^ -~]/g, upperUnit),
      }),
    ],
  }),
  printed('body-python-unicode', {
    title: 'The receiver signs the parsed body, printed by json.dumps without escapes',
    why: `${WHY} json.dumps(…, ensure_ascii=False) keeps letters, but puts spaces in.`,
    variants: [
      printing('the parsed body, printed by json.dumps(…, ensure_ascii=False)', 2, {
        ...SPACED,
        language: 'python',
        number: pythonNumber,
      }),
    ],
  }),
  printed('body-php', {
    title: "The receiver signs the parsed body, printed by PHP's json_encode",
    why: `${WHY} json_encode escapes slashes and everything that is not ASCII, and an empty object that was decoded as an array comes out as [].`,
    variants: [
      printing('the parsed body, printed by json_encode(json_decode($body, true))', 3, PHP),
      printing('the parsed body, printed by json_encode(json_decode($body))', 2, { ...PHP, emptyObject: '{}' }),
      printing('the parsed body, printed by json_encode with JSON_UNESCAPED_SLASHES', 2, {
        ...PHP,
        escape: escapeNonAscii,
      }),
      printing('the parsed body, printed by json_encode with JSON_UNESCAPED_UNICODE', 1, {
        ...PHP,
        escape: escapeSlashes,
      }),
      printing('the parsed body, printed by json_encode, nothing escaped', 2, {
        ...COMPACT,
        language: 'php',
        emptyObject: '[]',
      }),
    ],
  }),
  printed('body-escaped-slashes', {
    title: 'The receiver signs the parsed body, printed with escaped slashes',
    why: `${WHY} Putting a backslash before each slash by hand copies one service's habit.`,
    source: 'https://github.com/cloudconvert/cloudconvert-node/pull/59',
    variants: [
      printing('the parsed body, printed without spaces and with escaped slashes', 1, {
        ...COMPACT,
        escape: escapeSlashes,
      }),
    ],
  }),
  printed('body-sorted', {
    title: 'The receiver signs the parsed body, printed with sorted keys',
    why: `${WHY} Sorting the keys makes the text the same everywhere, but not the text that was signed.`,
    variants: [
      printing('the parsed body, printed without spaces and with sorted keys', 2, { ...COMPACT, isSorted: true }),
      printing('the parsed body, printed by json.dumps(…, sort_keys=True)', 2, { ...PYTHON, isSorted: true }),
      printing("the parsed body, printed by json.dumps(…, sort_keys=True, separators=(',', ':'))", 2, {
        ...PYTHON_COMPACT,
        isSorted: true,
      }),
      printing('the parsed body, printed with spaces and sorted keys', 0, { ...SPACED, isSorted: true }),
    ],
  }),
  printed('body-go', {
    title: "The receiver signs the parsed body, printed by Go's json.Marshal",
    why: `${WHY} A Go map is printed with sorted keys, and <, > and & are escaped.`,
    variants: [
      printing('the parsed body, printed by json.Marshal of a map', 2, GO),
      printing('the parsed body, printed by json.NewEncoder of a map, with a line break after it', 1, GO, '\n'),
    ],
  }),
  printed('body-object-text', {
    title: 'The receiver signs the text of an object',
    why: 'to_s of a Ruby Hash and toString() of a Java Map look like JSON and are not.',
    variants: [
      printing('the text that to_s makes of the parsed body in Ruby', 1, RUBY),
      printing('the text that to_s makes of the parsed body in Ruby 3.4', 1, { ...RUBY, colon: ' => ' }),
      printing('the text that toString() makes of the parsed body in Java', 1, JAVA),
    ],
  }),
  printed('body-pretty', {
    title: 'The receiver signs the parsed body, printed over several lines',
    why: WHY,
    variants: [
      printing('the parsed body, printed with an indent of 2', 2, { ...SPACED, indent: '  ' }),
      printing('the parsed body, printed with an indent of 4', 1, { ...SPACED, indent: '    ' }),
      printing('the parsed body, printed by json.dumps(…, indent=2)', 1, { ...PYTHON, indent: '  ' }),
      printing('the parsed body, printed by json.dumps(…, indent=4)', 1, { ...PYTHON, indent: '    ' }),
      printing('the parsed body, printed by json_encode with JSON_PRETTY_PRINT', 1, {
        ...PHP,
        colon: ': ',
        indent: '    ',
      }),
      printing('the parsed body, printed with tabs', 0, { ...SPACED, indent: '\t' }),
      printing("the parsed body, printed by Jackson's pretty printer", 0, {
        ...SPACED,
        colon: ' : ',
        indent: '  ',
        emptyObject: '{ }',
      }),
    ],
  }),
  printed('body-dotnet', {
    title: 'The receiver signs the parsed body, printed by System.Text.Json',
    why: `${WHY} JsonSerializer escapes everything that is not ASCII, and <, >, &, ' and + too.`,
    variants: [
      printing('the parsed body, printed by JsonSerializer of .NET', 2, {
        ...COMPACT,
        language: 'dotnet',
        escape: escapeDotnet,
      }),
    ],
  }),
  printed('body-html-escaped', {
    title: 'The receiver signs the parsed body, printed with escaped HTML',
    why: `${WHY} to_json of Rails and Gson of Java escape <, > and & against use in HTML.`,
    variants: [
      printing('the parsed body, printed by to_json of Rails', 2, { ...COMPACT, escape: escapeHtml }),
      printing('the parsed body, printed by Gson', 1, { ...COMPACT, language: 'java', escape: escapeGson }),
    ],
  }),
  printed('body-part', {
    title: 'The receiver signs a part of the body',
    why: 'Intercom signs the whole body of the request.',
    variants: [
      {
        words: 'the data of the notification, printed by JSON.stringify',
        odds: 1.5,
        language: 'js',
        alter: alterText((text) => restringified(text, 'data')),
      },
      {
        words: 'the item of the notification, printed by JSON.stringify',
        odds: 1,
        language: 'js',
        alter: alterText((text) => restringified(text, 'data', 'item')),
      },
      part('the data of the notification, printed by json.dumps', 1, PYTHON, 'data'),
      part('the item of the notification, printed by json.dumps', 0, PYTHON, 'data', 'item'),
    ],
  }),
];

const upperUnit = (sign: string): string => `\\u${sign.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;

function printed(id: string, rest: Omit<Cause, 'id' | 'aspect' | 'fix'>): Cause {
  return { id, aspect: 'body', fix: FIX, source: SOURCE, ...rest };
}

function printing(words: string, odds: Variant['odds'], style: Printer, end = ''): Variant {
  return { words, odds, language: style.language, alter: alterTree((tree) => printTree(tree, style) + end) };
}

function part(words: string, odds: Variant['odds'], style: Printer, ...path: readonly string[]): Variant {
  return {
    words,
    odds,
    language: style.language,
    alter: alterTree((tree) => {
      const found = path.reduce<Tree | undefined>(member, tree);
      return found && printTree(found, style);
    }),
  };
}

function alterTree(print: (tree: Tree) => string | undefined): Variant['alter'] {
  return (right) => {
    const tree = readTree(right.message);
    const text = tree && print(tree);
    return text === undefined ? undefined : { ...right, message: bytes(text) };
  };
}

function member(tree: Tree | undefined, name: string): Tree | undefined {
  return tree?.kind === 'object' ? tree.entries.find(([key]) => key === name)?.[1] : undefined;
}

function alterText(change: (text: string) => string | undefined): Variant['alter'] {
  return (right) => {
    const text = decodeUtf8Strictly(right.message);
    const changed = text === undefined ? undefined : change(text);
    return changed === undefined ? undefined : { ...right, message: bytes(changed) };
  };
}

function restringified(text: string, ...path: readonly string[]): string | undefined {
  try {
    const value = path.reduce(
      (whole, name) => (whole as Record<string, unknown> | null)?.[name],
      JSON.parse(text) as unknown,
    );
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}
