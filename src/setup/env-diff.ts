import type { EnvEdit } from './write-env.ts';

export interface DiffLine {
  readonly sign: ' ' | '-' | '+';
  readonly text: string;
}

const MASKED = '[masked]';

/**
 * What an edit changes, without anything that may be secret: no value, not even its length, and no line beside the
 * changed ones.
 */
export function maskedDiff({ path, keys, ignoredBy, isNew }: EnvEdit): readonly DiffLine[] {
  const lines: DiffLine[] = [];
  if (ignoredBy !== null) lines.push({ sign: ' ', text: ignoredBy }, { sign: '+', text: '(a rule for the env file)' });
  const changed = keys.filter(({ action }) => action !== 'unchanged');
  if (changed.length > 0) lines.push({ sign: ' ', text: isNew ? `${path} (new)` : path });
  for (const { key, action, line } of changed) {
    if (action === 'changed') lines.push({ sign: '-', text: `${line}: ${key}=${MASKED}` });
    if (action === 'filled') lines.push({ sign: '-', text: `${line}: # ${key} (its place)` });
    lines.push({ sign: '+', text: `${line}: ${key}=${MASKED}` });
  }
  return lines;
}
