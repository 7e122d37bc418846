import type { Secret } from '../base/secret.ts';
import { decodeUtf8 } from '../base/text.ts';

/** What is wrong with a secret's form. The words never contain any of it. */
export interface SecretShape {
  readonly verdict: 'sound' | 'note' | 'unusable';
  /** A sentence about the fault; empty when sound. */
  readonly problem: string;
  readonly remedy: string;
}

const SOUND: SecretShape = { verdict: 'sound', problem: '', remedy: '' };
/** Words that stand for a secret in guides, templates and panels. Narrow on purpose: a real secret must never match. */
const PLACEHOLDER =
  /^(?:your[_ -]?(?:\w+[_ -])*(?:secret|key|token|value)?(?:[_ -]?here)?|replace[_ -]?(?:me|this|with\b.*)|change[_ -]?(?:me|this)|placeholder|secret|todo|tbd|none|null|undefined|intercom_webhook_secret|<.*>|\[.*\]|\{\{.*\}\}|\$\{.*\}|\.{3}|…|[x*._•●-]+|.*_(?:goes_)?here|abc123def456ghi789.*)$/is;

/** What says where a secret is kept, or is one that another tool has encrypted. */
const REFERENCE = /^(?:encrypted:|ENC\[|op:\/\/|@Microsoft\.KeyVault\(|\$[A-Za-z_]\w*$|\$\(.*\)$)/;

/**
 * Judges the form of a webhook secret. The shape of Intercom's client secret is not documented, so only what is surely
 * wrong is refused. `unusable` means that signing with it would mislead; a note does not stop anything.
 */
export function judgeSecretShape(secret: Secret): SecretShape {
  const text = decodeUtf8(secret.reveal());
  if (text.trim() === '') return unusable('It is empty.', 'Put the client secret in its place.');
  if (isPlaceholder(text))
    return unusable(
      'It is a placeholder, not a secret.',
      "Put the app's client secret in its place (Developer Hub, your app, Basic Information).",
    );
  if (isReference(text))
    return unusable(
      'It says where the secret is kept or holds it encrypted (dotenvx, 1Password, SOPS, a key vault, a variable); it is not the secret.',
      'Run this through the tool that fills it in (dotenvx run -- …, op run -- …); in the settings of a host, mend the reference.',
    );
  if (/[\r\n]/.test(text))
    return unusable('It contains a line break.', 'Store it without one: printf %s instead of echo.');
  if (text !== text.trim())
    return unusable('It has white space around it.', 'Remove the spaces before and after the value.');
  if (/\s/.test(text)) return unusable('It has white space inside it.', 'Copy it again, in one piece.');
  if (/[\p{Cc}\p{Cf}]/u.test(text))
    return unusable('It contains a control character, or one that cannot be seen.', 'Copy it again, in one piece.');
  if (/^["'`“”‘’]|["'`“”‘’]$/.test(text))
    return unusable(
      'There are quotes around it, and they are part of the value.',
      'Remove the quotes: a host panel keeps them, only an env file parser takes a matching pair off.',
    );
  if (/^bearer\b/i.test(text))
    return unusable(
      'It starts with "Bearer", as an access token in a header does.',
      "Put the app's client secret in its place (Basic Information, not Authentication).",
    );
  if (looksLikeAccessToken(text))
    return unusable(
      'It looks like an access token.',
      "Put the app's client secret in its place (Basic Information, not Authentication).",
    );
  if (/^INTERCOM_[A-Z_]+=/.test(text))
    return unusable('It contains the name of the variable as well.', 'Keep only what stands after the equals sign.');
  if (text.startsWith('whsec_')) {
    return {
      verdict: 'note',
      problem:
        "It starts with whsec_, the PropIQ guide's word for it. Intercom signs with the app's client secret; if deliveries get 401, this is why.",
      remedy: 'Compare it with Developer Hub, your app, Basic Information, Client secret.',
    };
  }
  return SOUND;
}

/** Whether a value is a stand-in such as `whsec_YOUR_SECRET_HERE` or `changeme`: a receiver must treat it as none. */
export function isPlaceholder(text: string): boolean {
  const bare = text
    .trim()
    .replace(/^["'`]+|["'`]+$/g, '')
    .replace(/^whsec_/i, '');
  return PLACEHOLDER.test(bare) || bare === '';
}

/** Whether a value stands for a secret that another tool was to put in its place. */
export function isReference(text: string): boolean {
  return REFERENCE.test(text.trim());
}

/** Access tokens seen in public examples are base64 of `tok:…`. Not documented, so only this is recognised. */
function looksLikeAccessToken(text: string): boolean {
  return /^dG9rO[A-Za-z0-9+/=_-]{10,}$/.test(text);
}

function unusable(problem: string, remedy: string): SecretShape {
  return { verdict: 'unusable', problem, remedy };
}
