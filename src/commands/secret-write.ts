import type { EnvDocument } from '../base/env-document.ts';
import { AppError, type ExitCode } from '../base/errors.ts';
import type { JsonObject } from '../base/json.ts';
import type { Secret } from '../base/secret.ts';
import { maskedDiff } from '../setup/env-diff.ts';
import { refuseSecret, requireUsable, SECRET_KEY } from '../setup/secret-changes.ts';
import { otherSecrets } from '../setup/secret-places.ts';
import {
  documentOf,
  type EnvChange,
  type EnvEdit,
  type KeyEdit,
  previewEnv,
  refuseUnwritable,
  writeEnv,
} from '../setup/write-env.ts';
import type { Context } from './context.ts';

export interface SecretInput {
  readonly secretStdin?: boolean;
  readonly allowTracked?: boolean;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

export interface SecretJob {
  readonly schema: 'secret-set' | 'secret-rotate';
  readonly question: string;
  /** The key whose secret would be lost, if any. */
  givenUp(document: EnvDocument, secret: Secret): string | undefined;
  /** Whatever stands in the way already, before anybody is asked for a secret. */
  prepare?(document: EnvDocument, path: string): unknown;
  changes(document: EnvDocument, secret: Secret, path: string): readonly EnvChange[];
}

/** What `secret set` and `secret rotate` have in common: one new secret, judged, into the env file. */
export async function writeSecret(job: SecretJob, input: SecretInput, context: Context): Promise<ExitCode> {
  const options = { allowTracked: input.allowTracked === true };
  const target = await context.envTarget();
  const found = await target.find();
  const document = documentOf(found);
  const isAsking = input.secretStdin !== true && context.prompts.can;
  if (isAsking) {
    refuseUnwritable(found, options);
    job.prepare?.(document, found.path);
  }
  const settings = await context.settings();
  const secret = await newSecret(job, input, context);
  const shape = requireUsable(secret);
  if (isAsking && input.yes !== true && input.dryRun !== true)
    await requireConsent(job.givenUp(documentOf(await target.find()), secret), context); // as it is by now
  const changes = (current: EnvDocument): readonly EnvChange[] => job.changes(current, secret, found.path);
  const edit = input.dryRun ? await previewEnv(target, changes, options) : await writeEnv(target, changes, options);
  if (shape.verdict === 'note') context.output.note(shape.problem);
  const warnings = [...edit.warnings, ...otherSecrets(settings, edit.keys[0]?.key ?? SECRET_KEY, secret)];
  for (const warning of warnings) context.output.warn(warning);
  const { path: file, isNew, isChanged, keys, ignoredBy } = edit;
  context.output.result(
    job.schema,
    true,
    {
      file,
      dryRun: input.dryRun === true,
      changed: isChanged,
      created: isNew,
      keys: keys.map(keyJson),
      ignoredBy,
      note: shape.verdict === 'note' ? shape.problem : null,
      warnings,
    },
    input.dryRun ? previewText(edit, context) : doneText(edit, context),
  );
  return 0;
}

/** @throws AppError `usage/missing-input` where nobody can be asked */
async function newSecret({ question, schema }: SecretJob, input: SecretInput, context: Context): Promise<Secret> {
  if (input.secretStdin) return context.input.secret();
  if (context.prompts.can) return context.prompts.secret(question, refuseSecret);
  const command = schema.replace('-', ' ');
  throw new AppError('usage/missing-input', {
    what: 'The secret is missing',
    why: 'Nobody can be asked for it here, and --secret-stdin was not given.',
    hint: `printf %s "$SECRET" | ${context.command(`${command} --secret-stdin`)}`,
  });
}

/** @throws AppError `usage/needs-yes` when the person does not agree */
async function requireConsent(key: string | undefined, { prompts }: Context): Promise<void> {
  if (key === undefined || (await prompts.confirm(`${key} has another value. Give that one up?`))) return;
  throw new AppError('usage/needs-yes', {
    what: 'Nothing was written',
    why: `${key} has a value already, and it was not to be given up.`,
    hint: 'propiq-intercom secret rotate keeps the current one as the previous one; --yes replaces without asking.',
  });
}

function keyJson({ key, action, line, earlierLines, differences }: KeyEdit): JsonObject {
  return {
    key,
    action,
    line,
    earlierLines: [...earlierLines],
    differences: differences.map(({ reader, why }) => ({ reader, why })),
  };
}

function previewText(edit: EnvEdit, context: Context): string {
  if (!edit.isChanged) return doneText(edit, context);
  const { paint } = context.output;
  const colours = { ' ': paint.bold, '-': paint.red, '+': paint.green };
  const lines = maskedDiff(edit).map(({ sign, text }) => colours[sign](sign === ' ' ? text : `  ${sign} ${text}`));
  return ['Nothing was written. This is what would change:', '', ...lines].join('\n');
}

const DONE: Readonly<Record<KeyEdit['action'], string>> = {
  unchanged: 'has this value already',
  changed: 'is changed',
  filled: 'is in its place',
  added: 'is added',
};

function doneText(
  { path, isNew, isChanged, keys, ignoredBy }: EnvEdit,
  { command, output: { paint } }: Context,
): string {
  const lines = keys.map(
    ({ key, action, line }) => `${paint.green(paint.marks.pass)} ${key} ${DONE[action]}: ${path} line ${line}`,
  );
  if (!isChanged) return [...lines, '  Nothing was written.'].join('\n');
  if (isNew) lines.push(`  ${path} is new; only this user may read it.`);
  if (ignoredBy !== null) lines.push(`  git ignores ${path} from now on: ${ignoredBy} has a rule for it. Commit that.`);
  return [...lines, `  ${paint.marks.arrow} ${command('verify')}`].join('\n');
}
