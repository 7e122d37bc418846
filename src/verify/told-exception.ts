import { type Exchange, headerValue } from '../base/ports.ts';
import { cleanLine, decodeUtf8 } from '../base/text.ts';
import { codeOf, type CodeKind, type Finding, type Setting } from '../diagnosis/finding.ts';
import type { Cause } from '../diagnosis/hypothesis.ts';
import { SIGNATURE_HEADER, verifySignature } from '../intercom/signature.ts';
import { isSuccess } from './outcome.ts';
import { SECRET_MISSING } from './plain-cause.ts';

const READ_BYTES = 16_384;
const LONGEST_QUOTE = 200;

type Page = Pick<Cause, 'id' | 'title' | 'why' | 'fix' | 'source'>;

/** Its page. */
export const NOT_BYTES_PAGE: Page = {
  id: 'body-not-bytes',
  title: 'The HMAC is given something else than the bytes of the body',
  why: 'The function that computes the HMAC throws, as what it is given is no text and no bytes: undefined where no parser has read the body (the type of express.raw does not match application/json), an object where express.json() has parsed it, a coroutine without await, text where Python wants bytes.',
  fix: 'Give it the raw body: express.raw({ type: "*/*" }) on this route before any express.json(), await request.body() in FastAPI and Starlette, request.get_data() in Flask, request.body in Django, file_get_contents("php://input") in PHP.',
  source: 'https://nodejs.org/api/crypto.html#hmacupdatedata-inputencoding (what update takes)',
};

/** What runtimes say, by the argument that is wrong. The first group is quoted. */
const EXCEPTIONS: readonly {
  readonly pattern: RegExp;
  readonly page: Pick<Page, 'id' | 'fix'>;
  readonly words: string;
  readonly code: CodeKind;
}[] = [
  {
    pattern:
      /(The "key" argument must be [^<\n]{1,200}Received undefined|key: expected bytes or bytearray, but got 'NoneType'|hash_hmac\(\): Argument #3 \(\$key\) must be of type string, null given)/,
    page: SECRET_MISSING,
    words:
      'the key of the HMAC is missing, so the variable is not set where the receiver runs, or is read by another name',
    code: 'setSecret',
  },
  {
    pattern:
      /(The "data" argument must be [^<\n]{1,200}Received [\w ]{1,40}|(?:Strings|Unicode-objects) must be encoded before hashing|object supporting the buffer API required|a bytes-like object is required, not '\w{1,40}'|hash_hmac\(\): Argument #2 \(\$data\) must be of type string, \w{1,20} given|no implicit conversion of (?:Hash|ActionController::Parameters) into String)/,
    page: NOT_BYTES_PAGE,
    words: 'what the HMAC is computed over is not the bytes of the body',
    code: 'rawBody',
  },
];

/** The cause where every rightly signed POST is answered with an exception that names it. @param posts all POSTs of the run */
export function toldException(key: Uint8Array, posts: readonly Exchange[], setting: Setting): Finding | undefined {
  const texts = posts
    .filter(({ request: { headers, body = new Uint8Array() }, status }) => {
      const { valid } = verifySignature({ body, header: headerValue(headers, SIGNATURE_HEADER), secrets: key });
      return valid && !isSuccess(status);
    })
    .map(({ body }) => unescaped(decodeUtf8(body.subarray(0, READ_BYTES))));
  for (const { pattern, page, words, code } of EXCEPTIONS) {
    const [quote] = texts.map((text) => pattern.exec(text)?.[1]);
    if (quote === undefined || !texts.every((text) => pattern.test(text))) continue;
    return {
      id: page.id,
      confidence: 'likely',
      message: `The receiver tells its exception: ${cleanLine(quote).slice(0, LONGEST_QUOTE)}. So ${words}.`,
      remedy: page.fix,
      ...codeOf(code, setting),
    };
  }
  return undefined;
}

/** Error pages escape quotes, and JSON puts a backslash before them. */
function unescaped(text: string): string {
  return text.replace(/&quot;|&#34;|\\"/g, '"').replace(/&#0*39;|&#x27;|&apos;/gi, "'");
}
