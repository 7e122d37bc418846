import { decodeUtf8 } from '../../base/text.ts';
import { bytes, type Cause, type Variant } from '../hypothesis.ts';

const WHY_AROUND =
  'An HMAC takes every byte of the key. One more than there should be, and no signature fits, although the value looks right in every panel.';

/** Longer cuts are looked for offline. */
export const SECRET_CUT = secret('secret-cut', {
  title: "The receiver's secret is cut short",
  why: 'In an unquoted line of an env file # starts a comment, and $ is expanded by shells, Docker Compose and dotenv-expand: what follows is lost or replaced. A selection that misses a character, or a column that is too short, cuts it as well.',
  fix: 'Put single quotes around the value in the env file; for Docker Compose write $$ for each $. Paste the whole value again. Ask the receiver for the length of its secret, and compare.',
  variants: [
    variant('the secret up to its #', 2, (text) => before(text, '#')),
    variant('the secret with its $ expanded to nothing', 2, (text) => replaced(text, /\$\{?\w*\}?/g, '')),
    variant('the secret up to its $', 1, (text) => before(text, '$')),
    variant('the secret up to its =', 1, (text) => before(text, '=')),
    variant('the secret without the = at its end', 1, (text) => replaced(text, /=+$/, '')),
    variant('the secret without its last character', 1.5, (text) => (text.length > 8 ? text.slice(0, -1) : undefined)),
    variant('the secret without its first character', 1, (text) => (text.length > 8 ? text.slice(1) : undefined)),
  ],
});

/** The secret where the receiver runs is not quite the one that is known here. */
export const SECRETS: readonly Cause[] = [
  secret('secret-newline', {
    title: 'The receiver signs with a line break at the end of its secret',
    why: `${WHY_AROUND} echo, editors and heredocs add a line break, and vercel env add, kubectl and Docker secrets keep it.`,
    fix: 'Store the secret without it: read -rs SECRET && printf %s "$SECRET" | vercel env add …, kubectl create secret --from-file after printf, not echo; or trim what is read from a file.',
    source: 'https://github.com/vercel/vercel-plugin/issues/58 (echo piped into vercel env add)',
    variants: [
      variant('the secret with a line break (LF) after it', 3, (text) => `${text}\n`),
      variant('the secret with a Windows line break (CRLF) after it', 2, (text) => `${text}\r\n`),
      variant('the secret with a carriage return after it', 1.5, (text) => `${text}\r`),
      variant(String.raw`the secret with the two characters \n after it`, 1.5, (text) => `${text}\\n`),
    ],
  }),
  secret('secret-space', {
    title: 'The receiver signs with white space around its secret',
    why: `${WHY_AROUND} A space comes along when a value is pasted, or stands after the equals sign.`,
    fix: 'Enter the value again without a space before or after it, and start the receiver again.',
    source: 'https://github.com/honojs/examples/issues/159 (pasted white space)',
    variants: [
      variant('the secret with a space after it', 3, (text) => `${text} `),
      variant('the secret with a space before it', 2, (text) => ` ${text}`),
      variant('the secret with spaces around it', 1, (text) => ` ${text} `),
      variant('the secret with a tab after it', 1, (text) => `${text}\t`),
    ],
  }),
  secret('secret-quoted', {
    title: 'The receiver signs with the quotes around its secret',
    why: `${WHY_AROUND} An env file parser takes a pair of quotes off; docker --env-file, systemd, Azure, Vercel and most host panels keep them.`,
    fix: 'Take the quotes off where the host sets the variable, and start the receiver again.',
    variants: [
      variant('the secret in double quotes', 3, (text) => `"${text}"`),
      variant('the secret in single quotes', 3, (text) => `'${text}'`),
      { ...variant("the secret as str() of Python prints bytes, b'…'", 1, (text) => `b'${text}'`), language: 'python' },
      variant('the secret in backquotes', 1, (text) => `\`${text}\``),
    ],
  }),
  secret('secret-whsec', {
    title: 'The receiver signs with or without the whsec_ in front of its secret',
    why: "whsec_ is the word of PropIQ's guide and of other services. HMAC takes the key as text: with the prefix and without it are two different keys.",
    fix: 'Use one and the same value in both places, byte for byte. For Intercom that is the client secret of the app (Developer Hub, your app, Basic Information), to which nothing is added.',
    variants: [
      variant('the secret without its whsec_', 3, (text) => (text.startsWith('whsec_') ? text.slice(6) : undefined)),
      variant('the secret with whsec_ before it', 2, (text) =>
        text.startsWith('whsec_') ? undefined : `whsec_${text}`,
      ),
    ],
  }),
  secret('secret-decoded', {
    title: 'The receiver decodes its secret before it signs',
    why: "Other services (Svix, Standard Webhooks) hand out secrets in base64 that have to be decoded first. Intercom's client secret is used as text, as it stands.",
    fix: "Use the secret's own bytes as the key: Buffer.from(secret, 'utf8') or secret.encode(), no base64 or hex decoding.",
    source: 'seen in code: hookdeck/webhook-skills skills/intercom-webhooks (the client secret is used as text)',
    variants: [
      decoded('the secret decoded from base64', 2, /^[A-Za-z0-9+/_-]+={0,2}$/, (text) => fromBase64(text)),
      decoded('the part after whsec_ decoded from base64', 2, /^whsec_[A-Za-z0-9+/_-]+={0,2}$/, (text) =>
        fromBase64(text.slice('whsec_'.length)),
      ),
      decoded('the secret decoded from hex', 2, /^(?:[0-9A-Fa-f]{2})+$/, (text) => Buffer.from(text, 'hex')),
      decoded('the secret decoded from hex, without its dashes', 1, /^[0-9A-Fa-f]+(?:-[0-9A-Fa-f]+)+$/, (text) =>
        Buffer.from(text.replaceAll('-', ''), 'hex'),
      ),
    ],
  }),
  secret('secret-encoded', {
    title: 'The receiver encodes its secret before it signs',
    why: 'A secret that went through base64 or hex (a Kubernetes manifest, for example) and was not decoded again is another key.',
    fix: 'Use the secret as it stands in the Developer Hub; decode it once where it was encoded for transport.',
    variants: [
      variant('the secret encoded in base64', 1.5, (text) => Buffer.from(text).toString('base64')),
      variant('the secret encoded in hex', 1, (text) => Buffer.from(text).toString('hex')),
      variant('the secret with a line break after it, encoded in base64', 0, (text) =>
        Buffer.from(`${text}\n`).toString('base64'),
      ),
      decoded('the secret in UTF-16', 0, /./s, (text) => Buffer.from(text, 'utf16le')),
    ],
  }),
  secret('secret-case', {
    title: 'The receiver changes the case of its secret',
    why: 'An HMAC tells upper-case from lower-case letters.',
    fix: 'Use the secret as it is; change no letter of it.',
    variants: [
      variant('the secret in lower case', 1.5, (text) => text.toLowerCase()),
      variant('the secret in upper case', 1.5, (text) => text.toUpperCase()),
    ],
  }),
  secret('secret-with-name', {
    title: "The receiver's secret begins with the name of its variable",
    why: 'A whole line of an env file was pasted where only the value belongs.',
    fix: 'Keep only what stands after the equals sign.',
    variants: [
      variant('the secret with INTERCOM_WEBHOOK_SECRET= before it', 1.5, (text) => `INTERCOM_WEBHOOK_SECRET=${text}`),
      variant('the secret with INTERCOM_CLIENT_SECRET= before it', 1, (text) => `INTERCOM_CLIENT_SECRET=${text}`),
      variant('the secret with "Bearer " before it', 1, (text) => `Bearer ${text}`),
    ],
  }),
  SECRET_CUT,
  secret('secret-empty', {
    title: 'The receiver signs with an empty key, or with a placeholder',
    why: 'The variable is not set where it signs, or still holds what a template or a guide has in its place. Anybody can sign so.',
    fix: "Set INTERCOM_WEBHOOK_SECRET there to the app's client secret, and start the receiver again; let it refuse to start, or answer 503, without one.",
    // online endpoint/empty-key-rejected and endpoint/placeholder-key-rejected have tried them
    variants: [
      variant('an empty key', 0, () => ''),
      variant('the text undefined, what JavaScript makes of a value that is missing', 0, () => 'undefined'),
      variant('the text null', 0, () => 'null'),
      variant('the text None, what Python makes of a value that is missing', 0, () => 'None'),
      variant("the placeholder of PropIQ's guide", 0, () => 'whsec_YOUR_SECRET_HERE'),
      variant('the placeholder changeme', 0, () => 'changeme'),
    ],
  }),
  secret('secret-doubled', {
    title: "The receiver's secret was pasted twice",
    why: 'Masked fields show no text, so a second paste is not seen.',
    fix: 'Enter the secret again, once.',
    variants: [
      variant('the secret twice in a row', 1.5, (text) => text + text),
      variant('the secret twice, with a line break between', 0, (text) => `${text}\n${text}`),
      variant('the secret twice, with a space between', 0, (text) => `${text} ${text}`),
    ],
  }),
  secret('secret-bom', {
    title: "The receiver's secret begins with a byte order mark",
    why: 'Some Windows editors put one at the start of a file; a secret that is read from that file has it in front.',
    fix: 'Save the file as UTF-8 without BOM, or strip U+FEFF from what is read.',
    variants: [variant('the secret with a byte order mark before it', 1, (text) => `\ufeff${text}`)],
  }),
];

function secret(id: string, rest: Omit<Cause, 'id' | 'aspect'>): Cause {
  return { id, aspect: 'key', ...rest };
}

function variant(words: string, odds: Variant['odds'], change: (text: string) => string | undefined): Variant {
  return {
    words,
    odds,
    alter(right) {
      const text = decodeUtf8(right.key);
      const changed = change(text);
      return changed === undefined ? undefined : { ...right, key: bytes(changed) };
    },
  };
}

function decoded(words: string, odds: Variant['odds'], form: RegExp, decode: (text: string) => Uint8Array): Variant {
  return {
    words,
    odds,
    alter(right) {
      const text = decodeUtf8(right.key);
      return form.test(text) ? { ...right, key: decode(text) } : undefined;
    },
  };
}

function fromBase64(text: string): Uint8Array {
  return Buffer.from(text, 'base64'); // takes the URL alphabet as well
}

function before(text: string, mark: string): string | undefined {
  const at = text.indexOf(mark);
  return at > 0 ? text.slice(0, at).trimEnd() : undefined;
}

function replaced(text: string, part: RegExp, by: string): string | undefined {
  const changed = text.replace(part, by);
  return changed === text || changed === '' ? undefined : changed;
}
