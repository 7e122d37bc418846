import { valuelessLinesOf } from '../base/env-document.ts';
import type { ExitCode } from '../base/errors.ts';
import type { Paint } from '../base/paint.ts';
import { missingSecret } from '../base/secret-sources.ts';
import { SECRET_KEY } from '../setup/secret-changes.ts';
import { placeConflicts, secretPlaces, type SecretPlace } from '../setup/secret-places.ts';
import { documentOf } from '../setup/write-env.ts';
import type { Context } from './context.ts';

/** What is known of the webhook secret on this computer, without it. */
export async function secretReport(context: Context): Promise<ExitCode> {
  const found = await (await context.envTarget()).find();
  const document = documentOf(found);
  const places = secretPlaces(await context.settings(), document, found.path);
  const { faults, notes } = placeConflicts(places);
  const findings = [...faults];
  if (!places.some(({ role }) => role === 'current')) {
    const bare = valuelessLinesOf(document, SECRET_KEY).at(-1);
    findings.push(
      bare
        ? `No webhook secret is set: line ${bare.line} of ${found.path} names ${SECRET_KEY} but gives it no value.`
        : `No webhook secret is set, neither in the environment nor in ${found.path}.`,
    );
  }
  const isSound = findings.length === 0 && places.every(({ shape }) => shape.verdict !== 'unusable');
  const { paint } = context.output;
  const lines = places.flatMap((place) => placeLines(place, paint));
  lines.push(...findings.map((text) => `${paint.red(paint.marks.fail)} ${text}`));
  if (findings.length > 0 && places.length === 0) lines.push(`  ${paint.marks.arrow} ${missingSecret().hint}`);
  lines.push(...notes.map((text) => `  ${text}`));
  context.output.result(
    'secret-check',
    isSound,
    {
      file: found.path,
      places: places.map(({ key, where, role, isUsed, shape }) => ({
        key,
        where,
        role,
        used: isUsed,
        verdict: shape.verdict,
        problem: shape.problem || null,
        remedy: shape.remedy || null,
      })),
      findings,
      notes: [...notes],
    },
    lines.join('\n'),
  );
  return isSound ? 0 : 1;
}

function placeLines({ key, where, isUsed, role, shape }: SecretPlace, paint: Paint): string[] {
  const mark = {
    sound: paint.green(paint.marks.pass),
    note: paint.yellow(paint.marks.warn),
    unusable: paint.red(paint.marks.fail),
  };
  const use = isUsed ? '' : paint.dim(role === 'previous' || role === 'current' ? ' (not used)' : '');
  const lines = [`${mark[shape.verdict]} ${key} in ${where}${use}: ${shape.problem || 'a sound form.'}`];
  if (shape.remedy !== '') lines.push(`  ${paint.marks.arrow} ${shape.remedy}`);
  return lines;
}
