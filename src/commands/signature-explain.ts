import type { JsonObject, JsonValue } from '../base/json.ts';
import { wrap } from '../base/text.ts';
import type { Difference } from '../diagnosis/difference.ts';
import type { Fault } from '../diagnosis/explain-words.ts';
import { defineCommand, text, toggle } from './command.ts';
import type { Context } from './context.ts';

/** What came of it, as data: the text is made of the same. */
interface Told {
  readonly match: boolean;
  readonly found: boolean;
  readonly tried: number;
  readonly algorithm: string | null;
  readonly bytes: number;
  readonly faults: readonly Fault[];
  readonly difference: Difference | null;
  readonly notes: readonly string[];
}

export const signatureExplain = defineCommand({
  schema: 'signature-explain',
  about:
    'Finds out why the signature of one recorded delivery does not match, without a network: which key, which change of the body and which digest yield the header, and the first byte that differs. Tries the secret and everything that it is taken for: with a line break, quotes, decoded, the access token, the previous secret, those of other profiles. Exit code 0 when the signature is right as it stands, else 1.',
  flags: {
    header: text('--header <value>', 'the signature as received'),
    body: text('--body <@file>', 'the bytes as recorded; - or nothing: standard input'),
    delivery: text(
      '--delivery <@file>',
      'headers and body in one: what events show --json prints, an API gateway event, or an HTTP request as it came',
    ),
    secretStdin: toggle('--secret-stdin', 'read the secret from standard input'),
  },
  examples: [
    'signature explain --header sha1=c01389abcabf9b3eec17d57ea48c383645d854ea --body @notification.json',
    'signature explain --delivery @delivery.json --json',
  ],
  async run(input, context) {
    const { recordedDelivery } = await import('./signature-recorded.ts');
    const { explainSignature } = await import('../diagnosis/offline.ts');
    const { faultsOf, hintsOf } = await import('../diagnosis/explain-words.ts');
    const { firstDifference } = await import('../diagnosis/difference.ts');
    const { foreignForm } = await import('../diagnosis/reading.ts');
    const recorded = await recordedDelivery(input, context);
    const { header, body, note } = recorded;
    const { explanation, tried, readings } = explainSignature(recorded);
    const faults = explanation ? faultsOf(explanation) : [];
    const foreign = foreignForm(header);
    const told: Told = {
      match: explanation !== undefined && faults.length === 0,
      found: explanation !== undefined,
      tried,
      algorithm: explanation?.algorithm ?? null,
      bytes: body.length,
      faults,
      difference: (explanation && firstDifference(body, explanation.signed)) ?? null,
      notes: [
        ...(note === undefined ? [] : [note]),
        ...(foreign === undefined || explanation?.algorithm === 'sha1' ? [] : [foreign]),
        ...(explanation ? [] : hintsOf(body, readings)),
      ],
    };
    context.output.result('signature-explain', told.match, bodyOf(told), show(told, context));
    return told.match ? 0 : 1;
  },
});

function bodyOf({ faults, difference, notes, ...rest }: Told): JsonObject {
  return {
    ...rest,
    faults: faults.map(({ id, message, remedy }) => ({ id, message, remedy })),
    difference: difference as unknown as JsonValue,
    notes: [...notes],
  };
}

function show({ match, found, tried, algorithm, bytes, faults, difference, notes }: Told, { output }: Context): string {
  const { paint, columns } = output;
  const lines = (parts: readonly string[]): string => parts.map((part) => wrap(part, columns, '  ')).join('\n');
  const toDo = (remedy: string): string =>
    wrap(remedy, columns, '      ').replace(/^ {6}/, `    ${paint.marks.arrow} `);
  if (match)
    return `${paint.green(paint.marks.pass)} match: ${algorithm}, ${bytes} bytes. Nothing is wrong with this signature.`;
  if (!found)
    return `${paint.red(paint.marks.fail)} none of ${tried} ways of signing yields this header\n${lines(notes)}`;
  return [
    `${paint.green(paint.marks.pass)} explained: ${faults.map(({ id }) => id).join(' and ')}`,
    ...faults.map(({ message, remedy }) => `${wrap(message, columns, '  ')}\n${toDo(remedy)}`),
    ...(difference === null ? [] : [showDifference(difference, paint.dim)]),
    ...(notes.length > 0 ? [lines(notes)] : []),
    `  More: propiq-intercom explain ${faults[0]?.id ?? 'signature/accepted'}`,
  ].join('\n');
}

function showDifference({ offset, line, column, given, signed }: Difference, dim: (text: string) => string): string {
  const side = (name: string, { byte, around, bytes }: Difference['given']): string =>
    `    ${dim(name)}  ${byte === null ? 'end of the body' : `0x${byte}`}  ${around}  ${dim(`(${bytes} bytes)`)}`;
  return [
    `  First difference at byte ${offset} (line ${line}, column ${column}); » marks it:`,
    side('given ', given),
    side('signed', signed),
  ].join('\n');
}
