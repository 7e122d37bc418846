import { type Exchange, headerValue } from '../base/ports.ts';
import { cleanLine, decodeUtf8 } from '../base/text.ts';
import { codeOf, type Finding, type Setting } from '../diagnosis/finding.ts';
import type { Cause } from '../diagnosis/hypothesis.ts';
import { REFUSALS } from '../diagnosis/trials.ts';
import { SIGNATURE_HEADER, verifySignature } from '../intercom/signature.ts';
import { wordsOf } from './behind-check.ts';

const READ_BYTES = 2000;
export const LONGEST_QUOTE = 80;
const SUBJECT = /signature|header|hmac|x-hub/i;
const MISSING = /\b(?:missing|no|without|absent|lacks|required|not (?:found|present|provided|given|set|supplied))\b/i;
/** Words for a signature that was looked at, or for both cases at once. */
const LOOKED_AT = /invalid|wrong|incorrect|mismatch|match|bad\b|malformed|verif|fail|\bor\b/i;

/** Its page. */
export const NOT_SEEN_PAGE: Pick<Cause, 'id' | 'title' | 'why' | 'fix' | 'source'> = {
  id: 'signature-not-seen',
  title: 'The receiver does not see the signature that was sent',
  why: 'A rightly signed ping is refused in the words for one without a signature. Either the header is dropped or renamed on the way, or the code looks for it under another name: Node and AWS Lambda write all names in lower case, so headers["X-Hub-Signature"] is undefined there.',
  fix: 'Print the names (not the values) of the headers where the receiver reads them. Node: req.headers["x-hub-signature"] or req.get("X-Hub-Signature"); Lambda: event.headers["x-hub-signature"]; WSGI and PHP: HTTP_X_HUB_SIGNATURE. If it is not among them, let the proxy or gateway in front pass X-Hub-Signature on.',
  source: 'https://nodejs.org/api/http.html#messageheaders (names are in lower case)',
};

/** Whether right signatures are answered as missing ones are, in words that say so. @param posts all POSTs of the run */
export function signatureNotSeen(key: Uint8Array, posts: readonly Exchange[], setting: Setting): Finding | undefined {
  const alike = refusedAlike(key, posts);
  if (alike === undefined) return undefined;
  const { status, text } = alike;
  if (!SUBJECT.test(text) || !MISSING.test(text) || LOOKED_AT.test(text)) return undefined;
  return {
    id: NOT_SEEN_PAGE.id,
    confidence: 'likely',
    message: `A rightly signed ping is answered as one without a signature is (${status}: ${text.slice(0, LONGEST_QUOTE)}). So X-Hub-Signature does not arrive where the receiver looks for it: it is dropped or renamed on the way, or looked for under another name.`,
    remedy: NOT_SEEN_PAGE.fix,
    ...codeOf('rawBody', setting),
  };
}

/** The one answer that right signatures and missing ones get; undefined where they are not answered alike. */
export function refusedAlike(
  key: Uint8Array,
  posts: readonly Exchange[],
): { readonly status: number; readonly text: string } | undefined {
  const refused = posts.filter(({ status }) => REFUSALS.has(status));
  const unsigned = refused.filter(({ request }) => headerValue(request.headers, SIGNATURE_HEADER) === undefined);
  const right = refused.filter(({ request: { headers, body = new Uint8Array() } }) => {
    return verifySignature({ body, header: headerValue(headers, SIGNATURE_HEADER), secrets: key }).valid;
  });
  const [first] = right;
  const told = new Set([...unsigned, ...right].map(wordsOf));
  if (first === undefined || unsigned.length === 0 || told.size !== 1) return undefined;
  return { status: first.status, text: cleanLine(decodeUtf8(first.body.subarray(0, READ_BYTES))) };
}
