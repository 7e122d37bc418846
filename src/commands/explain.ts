import { AppError } from '../base/errors.ts';
import type { JsonObject } from '../base/json.ts';
import { didYouMean } from '../base/suggest.ts';
import { cleanLine, columns, wrap } from '../base/text.ts';
import type { Page } from '../verify/pages.ts';
import { defineCommand } from './command.ts';
import type { Context } from './context.ts';

export const explain = defineCommand({
  schema: 'explain',
  about:
    'Says what a check of verify or the code of an error means, why it matters and how to mend it, with the source of every fact about Intercom. Works without a network.',
  args: [
    {
      spec: '[id]',
      about: 'id of a check (signature/sha1) or of an error (url/missing-scheme); without it: all',
      completes: 'page',
    },
  ],
  flags: {},
  examples: ['explain', 'explain signature/sha1', 'explain net/dns'],
  async run({ args: [id] }, context) {
    const { PAGES } = await import('../verify/pages.ts');
    if (id === undefined) {
      const pages = [...PAGES.values()].map((each) => ({ id: each.id, kind: each.kind, title: each.title }));
      context.output.result('explain', true, { pages }, columns(pages.map((each) => [each.id, each.title])));
      return 0;
    }
    const page = PAGES.get(id);
    if (page === undefined) throw unknownId(id, [...PAGES.keys()]);
    context.output.result('explain', true, pageBody(page), showPage(page, context));
    return 0;
  },
});

function pageBody({ id, kind, title, why, fix, source }: Page): JsonObject {
  return { id, kind, title, why, fix, source: source ?? null };
}

function showPage({ id, kind, title, why, fix, source }: Page, { output: { paint, columns: width } }: Context): string {
  const part = (name: string, text: string): string => `\n${paint.bold(name)}\n${wrap(text, width, '  ')}`;
  return [
    `${paint.bold(id)} (${kind})`,
    wrap(title, width, '  '),
    part(kind === 'error' ? 'Why it happens' : 'Why it matters', why),
    part('How to mend it', fix),
    ...(source === undefined ? [] : [part('Source', source)]),
  ].join('\n');
}

function unknownId(id: string, known: readonly string[]): AppError {
  return new AppError('explain/unknown-id', {
    what: `There is no page "${cleanLine(id).slice(0, 60)}"`,
    why: 'It is neither the id of a check nor the code of an error.',
    hint: didYouMean(id, known, 'propiq-intercom explain'),
  });
}
