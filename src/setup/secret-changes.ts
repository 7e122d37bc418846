import { entriesOf, type EnvDocument } from '../base/env-document.ts';
import { AppError } from '../base/errors.ts';
import { Secret } from '../base/secret.ts';
import { shellWord } from '../base/text.ts';
import { isReference, judgeSecretShape, type SecretShape } from '../intercom/secret-shape.ts';
import type { EnvChange } from './write-env.ts';

export const SECRET_KEY = 'INTERCOM_WEBHOOK_SECRET';
export const SECRET_ALIAS = 'INTERCOM_CLIENT_SECRET';
export const PREVIOUS_SECRET_KEY = 'INTERCOM_WEBHOOK_SECRET_PREVIOUS';

/**
 * Refuses what is surely not the client secret of an app.
 * @returns its shape, which may have a note
 * @throws AppError `settings/secret-unusable`
 */
export function requireUsable(secret: Secret): SecretShape {
  const shape = judgeSecretShape(secret);
  if (shape.verdict !== 'unusable') return shape;
  throw new AppError('settings/secret-unusable', {
    what: 'This is not the webhook secret: nothing was written',
    why: shape.problem,
    hint: shape.remedy,
  });
}

/** Why an answer cannot be taken for the webhook secret; undefined where it can. */
export function refuseSecret(secret: Secret): string | undefined {
  const { verdict, problem, remedy } = judgeSecretShape(secret);
  return verdict === 'unusable' ? `${problem} ${remedy}` : undefined;
}

/** What writes a secret, whatever was there. */
export function setSecret(secret: Secret): readonly EnvChange[] {
  return [{ key: SECRET_KEY, value: secret }];
}

/**
 * What makes a secret the current one and keeps the one that was. The same secret again changes nothing.
 * @param path the env file, for messages
 * @throws AppError as `requireCurrent`
 */
export function rotateSecret(document: EnvDocument, secret: Secret, path: string): readonly EnvChange[] {
  const { key, value } = requireCurrent(document, path);
  if (value.equals(secret)) return [{ key, value }];
  return [
    { key, value: secret },
    { key: PREVIOUS_SECRET_KEY, value },
  ];
}

/**
 * The secret that can be rotated out.
 * @throws AppError `settings/secret-missing` where there is none, `settings/secret-unusable` where it is a placeholder or
 * the like: kept, it would let others sign
 */
export function requireCurrent(document: EnvDocument, path: string): FileSecret {
  const current = currentSecret(document);
  if (current === undefined)
    throw new AppError('settings/secret-missing', {
      what: `There is no secret in ${path} to rotate`,
      why: `Rotating keeps the current secret as ${PREVIOUS_SECRET_KEY}, and ${path} has no ${SECRET_KEY} yet.`,
      hint: setCommand(path),
    });
  const { verdict, problem } = judgeSecretShape(current.value);
  if (verdict === 'unusable')
    throw new AppError('settings/secret-unusable', {
      what: `What ${path} has on line ${current.line} is not worth keeping`,
      why: `${problem} As ${PREVIOUS_SECRET_KEY} it would still be accepted.`,
      hint: setCommand(path),
    });
  return current;
}

function setCommand(path: string): string {
  return `propiq-intercom secret set${path === '.env' ? '' : ` --env-file ${shellWord(path)}`}`;
}

/** The key whose secret would be lost by `setSecret`, if there is one that is worth anything. */
export function secretGivenUpBySetting(document: EnvDocument, secret: Secret): string | undefined {
  const entry = entriesOf(document, SECRET_KEY).at(-1);
  return entry && isLost(entry.value, [secret]) ? SECRET_KEY : undefined;
}

/** The key whose secret would be lost by `rotateSecret`, if there is one that is worth anything. */
export function secretGivenUpByRotating(document: EnvDocument, secret: Secret): string | undefined {
  const current = currentSecret(document);
  const entry = entriesOf(document, PREVIOUS_SECRET_KEY).at(-1);
  if (!entry || !current || current.value.equals(secret)) return undefined;
  return isLost(entry.value, [secret, current.value]) ? PREVIOUS_SECRET_KEY : undefined;
}

function isLost(value: string, kept: readonly Secret[]): boolean {
  const secret = new Secret(value);
  const isWorthKeeping = judgeSecretShape(secret).verdict !== 'unusable' || isReference(value);
  return isWorthKeeping && !kept.some((other) => other.equals(secret));
}

export interface FileSecret {
  readonly key: string;
  readonly value: Secret;
  readonly line: number;
}

/** The secret that the file sets, under which name and where: the alias counts where the name itself has no value. */
function currentSecret(document: EnvDocument): FileSecret | undefined {
  for (const key of [SECRET_KEY, SECRET_ALIAS]) {
    const entry = entriesOf(document, key).at(-1);
    if (entry && entry.value !== '') return { key, value: new Secret(entry.value), line: entry.line };
  }
  return undefined;
}
