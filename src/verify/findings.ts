import { type Exchange, headerValue, type HttpRequest } from '../base/ports.ts';
import { SIGNATURE_HEADER, verifySignature } from '../intercom/signature.ts';
import type { CheckId, Finding, Target } from './check.ts';
import { isSuccess } from './outcome.ts';

const REFUSALS: ReadonlySet<number> = new Set([400, 401, 403]);

/** What is asked of a check's id, for `explain`. */
export const UNKNOWN_CAUSE = 'unknown';

/** What is ruled out once a probe was sent and, like every forgery in the run, refused. */
const RULED_OUT: readonly { readonly probe: CheckId; readonly what: string }[] = [
  { probe: 'signature/sha256', what: 'the algorithm, as sha1= and sha256= were both sent' },
  { probe: 'endpoint/empty-key-rejected', what: 'a receiver that runs without its secret, as an empty key is refused' },
  { probe: 'endpoint/placeholder-key-rejected', what: 'a placeholder as its secret, as the usual ones are refused' },
];

/**
 * Why a rightly signed request was refused: built only from what this run has seen. No cause is named without proof, so
 * the one entry is `unknown` and says what is ruled out. Empty where nothing rightly signed was refused, and where a
 * forged one was accepted: that is the finding then.
 */
export function findUnknown({ url, signing: { secret } }: Target, seen: readonly Exchange[]): readonly Finding[] {
  if (secret === undefined) return [];
  const posts = seen.filter(({ request }) => request.method === 'POST' && request.url.href === url.href);
  const isRight = ({ request }: Exchange): boolean =>
    verifySignature({
      body: request.body ?? new Uint8Array(),
      header: headerValue(request.headers, SIGNATURE_HEADER),
      secrets: secret,
    }).valid;
  const right = posts.filter(isRight);
  const refused = right.filter(({ status }) => REFUSALS.has(status));
  const forged = posts.filter((exchange) => !isRight(exchange) && isSuccess(exchange.status));
  if (refused.length === 0 || right.some(({ status }) => isSuccess(status)) || forged.length > 0) return [];
  const statuses = [...new Set(refused.map(({ status }) => status))].join(', ');
  const ruledOut = RULED_OUT.filter(({ probe }) => posts.some(({ request }) => ownerOf(request) === probe)).map(
    ({ what }) => what,
  );
  return [
    {
      id: UNKNOWN_CAUSE,
      message: `A rightly signed ping is refused with ${statuses}. Ruled out: ${ruledOut.join('; ')}. Left: another secret there than here, a body that is parsed before it is checked, another header, or something in front of the receiver.`,
      confidence: 'none',
      remedy:
        'Compare the secret where the receiver runs with the one used here, letter by letter; then look whether the raw body is what it signs: propiq-intercom explain signature/accepted',
    },
  ];
}

function ownerOf({ headers }: HttpRequest): string | undefined {
  return headerValue(headers, 'x-propiq-probe');
}
