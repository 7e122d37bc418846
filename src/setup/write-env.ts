import { type EnvDocument, envText, parseEnvDocument, printEnvDocument, valuesOf } from '../base/env-document.ts';
import { AppError } from '../base/errors.ts';
import type { Secret } from '../base/secret.ts';
import { decodeUtf8Strictly, shellWord } from '../base/text.ts';
import { type KeyAction, keyState, type KeyState, openQuoteOf, setEnvKey } from './env-edit.ts';
import type { EnvFileGit, EnvTarget, FoundEnvFile } from './env-target.ts';

export interface EnvChange {
  readonly key: string;
  readonly value: Secret | string;
}

/** What is to be set, given what stands in the file now: asked again when the file changes meanwhile. */
export type EnvChanges = (current: EnvDocument) => readonly EnvChange[];

export interface WriteOptions {
  /** Write also where git tracks the file, or cannot say whether it does. */
  readonly allowTracked: boolean;
}

/** What became of a key; lines are those of the file as it is then. */
export interface KeyEdit extends KeyState {
  readonly key: string;
  readonly action: KeyAction;
}

/** What was done to the env file, or would be. */
export interface EnvEdit {
  readonly path: string;
  readonly isNew: boolean;
  /** False when every key had its value already: nothing is written then. */
  readonly isChanged: boolean;
  readonly keys: readonly KeyEdit[];
  /** The file of ignore rules that got a line; null when git ignored the env file already, or it lies in no repository. */
  readonly ignoredBy: string | null;
  /** Sentences for a person. None contains a value. */
  readonly warnings: readonly string[];
}

/** A file that somebody else keeps writing to is given up after this many times. */
const MOST_ATTEMPTS = 5;

/**
 * Says what `writeEnv` would do, and does nothing.
 * @throws AppError `env/*`
 */
export async function previewEnv(target: EnvTarget, changes: EnvChanges, options: WriteOptions): Promise<EnvEdit> {
  return plan(await target.find(), changes, options).edit;
}

/**
 * Sets keys of the env file, all or none. Where they have their values already nothing is written.
 * @throws AppError `env/*`; the file is then as it was
 */
export async function writeEnv(target: EnvTarget, changes: EnvChanges, options: WriteOptions): Promise<EnvEdit> {
  await target.sweep();
  for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt += 1) {
    const found = await target.find();
    const { edit, text } = plan(found, changes, options);
    if (!edit.isChanged) return edit;
    if (found.git.state === 'known' && !found.git.isTracked) await found.ignore();
    const bytes = new TextEncoder().encode(text);
    if ((await found.replace(bytes, valuesOf(parseEnvDocument(text)))) === 'replaced') return edit;
  }
  throw new AppError('env/changed', {
    what: 'The env file keeps changing',
    why: `Another program wrote to it each of the ${MOST_ATTEMPTS} times that it was about to be replaced. It is as that program left it.`,
    hint: 'Close what has it open, and run the command again.',
  });
}

/** @throws AppError `env/unreadable` */
export function documentOf({ path, bytes }: Pick<FoundEnvFile, 'path' | 'bytes'>): EnvDocument {
  const read = envText(bytes);
  if ('text' in read) return parseEnvDocument(read.text);
  throw new AppError('env/unreadable', {
    what: `The env file ${path} cannot be edited`,
    why: read.why,
    hint: read.hint,
  });
}

function plan(found: FoundEnvFile, changes: EnvChanges, options: WriteOptions): { edit: EnvEdit; text: string } {
  const document = documentOf(found);
  let text = printEnvDocument(document);
  const actions: [key: string, action: KeyAction][] = [];
  for (const { key, value } of changes(document)) {
    const done = setEnvKey(text, key, textOf(key, value));
    text = done.text;
    actions.push([key, done.action]);
  }
  const edited = parseEnvDocument(text);
  const keys = actions.map(([key, action]): KeyEdit => {
    const { line, earlierLines, differences } = keyState(edited, key);
    return { key, action, line, earlierLines, differences };
  });
  const isChanged = keys.some(({ action }) => action !== 'unchanged');
  if (isChanged) refuseUnwritable(found, options);
  return {
    text,
    edit: {
      path: found.path,
      isNew: isChanged && !found.exists,
      isChanged,
      keys,
      ignoredBy: isChanged ? ignoredBy(found.git) : null,
      warnings: [...warningsOf(found, keys, isChanged), ...openQuoteWarning(edited, keys)],
    },
  };
}

function textOf(key: string, value: Secret | string): string {
  const text = typeof value === 'string' ? value : decodeUtf8Strictly(value.reveal());
  if (text !== undefined && text.isWellFormed() && !text.includes('\0')) return text;
  throw new AppError('env/value', {
    what: `${key} cannot be written into the env file`,
    why: 'The value is not text in UTF-8.',
    hint: 'Copy it again, in one piece.',
  });
}

function ignoredBy(git: EnvFileGit): string | null {
  return git.state === 'known' && !git.isTracked && !git.isIgnored ? git.ignoreFile : null;
}

/**
 * What forbids to write the file, whatever is to be written: worth knowing before somebody is asked for a secret.
 * @throws AppError `env/link`, `env/tracked`, `env/not-ignored`, `env/read-only`
 */
export function refuseUnwritable(found: FoundEnvFile, options: WriteOptions): void {
  if (found.refusal) throw found.refusal;
  refuseTracked(found, options);
  refuseReadOnly(found);
}

function refuseTracked({ path, git }: FoundEnvFile, { allowTracked }: WriteOptions): void {
  if (allowTracked || git.state === 'no-repository') return;
  if (git.state === 'unknown')
    throw new AppError('env/not-ignored', {
      what: `Nothing was written to ${path}`,
      why: `It lies in a git repository, and whether git tracks or ignores it cannot be told: ${git.why}`,
      hint: 'Mend that; or, if the file is surely not in the repository, add --allow-tracked.',
    });
  if (git.isTracked)
    throw new AppError('env/tracked', {
      what: `Nothing was written to ${path}: git tracks it`,
      why: 'The next commit would take the secret into the history of the repository, for everybody who can read it.',
      hint: `git rm --cached ${shellWord(path)} and commit that; or, if it is meant, add --allow-tracked.`,
    });
}

function refuseReadOnly({ path, readOnly }: FoundEnvFile): void {
  if (readOnly === undefined) return;
  const what = `Nothing was written to ${path}: it is read-only`;
  if (readOnly === 'disk')
    throw new AppError('env/read-only', {
      what,
      why: 'It lies on a disk that cannot be written. (EROFS)',
      hint: 'Mount it for writing, or name a file elsewhere with --env-file FILE.',
    });
  throw new AppError('env/read-only', {
    what,
    why: 'Its mode does not let this user write it.',
    hint: `chmod u+w ${shellWord(path)}, or run the command as its owner.`,
  });
}

function warningsOf({ path, git, otherNames }: FoundEnvFile, keys: readonly KeyEdit[], isChanged: boolean): string[] {
  const warnings: string[] = [];
  if (git.state === 'known' && git.isTracked)
    warnings.push(`${path} is tracked by git: the next commit takes what stands in it into the history.`);
  if (isChanged && otherNames > 0)
    warnings.push(
      `${path} had another name (a hard link). The file under that name is as it was: change it there too.`,
    );
  for (const { key, line, earlierLines, differences } of keys) {
    if (earlierLines.length > 0)
      warnings.push(
        `${key} stands on ${earlierLines.length === 1 ? 'line' : 'lines'} ${earlierLines.join(', ')} too. dotenv takes the last one, on line ${line}; remove the others.`,
      );
    for (const { reader, why } of differences)
      warnings.push(`${reader} does not read ${key} on line ${line} as dotenv does. ${why}`);
  }
  return warnings;
}

function openQuoteWarning(document: EnvDocument, keys: readonly KeyEdit[]): string[] {
  const open = openQuoteOf(document);
  const hidden = keys.find(({ line }) => open !== undefined && line > open.line);
  if (open === undefined || hidden === undefined) return [];
  return [
    `Line ${open.line} opens a quote that is never closed: python-dotenv and sh may not find ${hidden.key} behind it. Close the quote.`,
  ];
}
