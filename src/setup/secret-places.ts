import { entriesOf, type EnvDocument } from '../base/env-document.ts';
import { Secret } from '../base/secret.ts';
import type { Settings } from '../base/settings.ts';
import { judgeSecretShape, type SecretShape } from '../intercom/secret-shape.ts';
import { PREVIOUS_SECRET_KEY, SECRET_ALIAS, SECRET_KEY } from './secret-changes.ts';

/** A place where a secret is set, and how it looks. */
export interface SecretPlace {
  readonly key: string;
  /** `the environment`, `.env line 4` */
  readonly where: string;
  readonly role: 'current' | 'previous';
  /** False where another place wins. */
  readonly isUsed: boolean;
  readonly shape: SecretShape;
  readonly value: Secret;
}

/** Every place in which a secret has a value, in order of precedence: environment, then env file, last line first. */
export function secretPlaces(settings: Settings, document: EnvDocument, path: string): readonly SecretPlace[] {
  const used = settings.get('secret');
  const usedPrevious = settings.get('previousSecret');
  const inEnvironment = [...settings.all('secret'), ...settings.all('previousSecret')]
    .filter(({ from }) => from === 'environment')
    .map(({ value, where }) => ({ key: where.split(' ')[0] ?? '', where: 'the environment', value }));
  const inFile = [SECRET_KEY, SECRET_ALIAS, PREVIOUS_SECRET_KEY].flatMap((key) =>
    entriesOf(document, key)
      .filter(({ value }) => value !== '')
      .map(({ line, value }) => ({ key, where: `${path} line ${line}`, value: new Secret(value) }))
      .reverse(),
  );
  return [...inEnvironment, ...inFile].map((place) => {
    const role = place.key === PREVIOUS_SECRET_KEY ? 'previous' : 'current';
    const winner = role === 'previous' ? usedPrevious : used;
    const isUsed = winner?.where === `${place.key} in ${place.where}`;
    const { key, where, value } = place;
    return { key, where, value, role, isUsed, shape: judgeSecretShape(value) };
  });
}

/** What is wrong with the places taken together, as sentences; each place's own form apart. */
export function placeConflicts(places: readonly SecretPlace[]): {
  faults: readonly string[];
  notes: readonly string[];
} {
  const faults: string[] = [];
  const notes: string[] = [];
  const current = places.find(({ role, isUsed }) => role === 'current' && isUsed);
  for (const place of places) {
    if (current === undefined || place === current) continue;
    const isSame = place.value.equals(current.value);
    const told = `${place.key} in ${place.where}`;
    if (place.role === 'previous') {
      if (isSame) notes.push(`${told} is the current secret once more, and does nothing.`);
    } else if (!isSame && place.key !== current.key) {
      faults.push(
        `${told} is another secret than ${current.key} in ${current.where}, which is used. Remove the wrong one.`,
      );
    } else if (!isSame) {
      notes.push(`${told} is another secret, and is not used: ${current.where} wins.`);
    }
  }
  return { faults, notes };
}

/**
 * What a person should know of the other places once `key` of the env file has the secret: one of them may win over it, or
 * contradict it.
 */
export function otherSecrets(settings: Settings, key: string, secret: Secret): readonly string[] {
  const rank = (name: string, from: string): number =>
    2 * [SECRET_KEY, SECRET_ALIAS].indexOf(name) + (from === 'environment' ? 0 : 1);
  const own = rank(key, 'env-file');
  return settings.all('secret').flatMap(({ value, where, from }) => {
    const other = rank(where.split(' ')[0] ?? '', from);
    if (other === own || value.equals(secret)) return [];
    return other < own
      ? [`${where} has another value, and is the one that is used here.`]
      : [`${where} has another value, and is not used. Remove it.`];
  });
}
