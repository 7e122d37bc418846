import type { ErrorParts } from '../base/errors.ts';
import { cleanLine, shorten } from '../base/text.ts';
import type { Variant } from './request.ts';

/** What an unexpected answer is judged by. */
export interface Answer {
  readonly url: URL;
  readonly status: number;
  readonly variant: Variant;
  readonly expected: string;
  /** How large the notification was. */
  readonly bodyBytes: number;
  /** The `Location` of a redirect. */
  readonly location?: string | undefined;
  /** Whether the key has the form of the guide's example rather than of anything known of Intercom. */
  readonly isGuideSecret: boolean;
}

/** Source: developers.intercom.com, webhook-models, "Handling Webhook notifications". */
const GIVES_UP = 'Intercom would try once more after a minute and then give the notification up.';
/** Source: developers.intercom.com, webhook-notifications. */
const SUSPENDS = 'After seven days of errors it suspends the webhooks of a private app.';
const FORGERIES: Readonly<Record<Exclude<Variant, 'signed'>, string>> = {
  unsigned: 'has no signature',
  'wrong-secret': 'is signed with a wrong secret',
  tampered: 'was changed after it was signed',
};

/** What an answer that was not expected means for Intercom's deliveries, and what to do: three parts, as in every error. */
export function explainStatus(answer: Answer): ErrorParts {
  const { url, status, variant, expected } = answer;
  const verify = `propiq-intercom verify ${argument(url.href)}`;
  const parts = (what: string, why: string, hint = verify): ErrorParts => ({ what, why, hint });
  const isAccepted = status >= 200 && status < 300;
  if (variant !== 'signed' && isAccepted) {
    return parts(
      `The receiver accepts a notification that ${FORGERIES[variant]}`,
      'Whoever finds the address can make it believe in events that never happened.',
    );
  }
  if (isAccepted) return parts(`The receiver accepts it with ${status}`, `Expected was ${expected}.`);
  if (status >= 300 && status < 400) return redirect(answer, parts);
  switch (status) {
    case 400:
      return parts(
        'The receiver finds fault with the request',
        `Its answer may say with what: a field that it needs, or a signature that it cannot read. ${GIVES_UP}`,
      );
    case 401:
      return parts(
        'The receiver refuses the signature',
        `The secret there is another one, or it signs other bytes than it received, or in another way.${guideSecret(answer)} ${GIVES_UP} ${SUSPENDS}`,
      );
    case 403:
      return parts(
        'Access is forbidden',
        `Often it is not the receiver that answers so but what stands before it: a sign-in, a firewall, a check of forms for a token. ${GIVES_UP}`,
      );
    case 404:
      return parts(
        `There is no route at ${cleanLine(url.pathname)}`,
        `The path is wrong, or what is deployed there does not have it. ${GIVES_UP}`,
        "Compare the path with the receiver's route; PropIQ's is /intercom/webhook.",
      );
    case 405:
      return parts(
        `The route at ${cleanLine(url.pathname)} does not take POST`,
        `The path may be that of a page, or the route is declared for another method. ${GIVES_UP}`,
        'Declare the route for POST, and for HEAD, which Intercom sends when the URL is saved.',
      );
    case 410:
      return parts(
        'The receiver says that it is gone for good',
        'Intercom disables the subscription at once and sends nothing more.',
        'Never answer 410. If Intercom has got one already, set the webhooks live again in the Developer Hub.',
      );
    case 413:
      return parts(
        `The notification is too large for the receiver: ${answer.bodyBytes} bytes`,
        `A body parser, or a proxy before it, has a lower limit. ${GIVES_UP}`,
        'Allow bodies of at least 1 MB: conversations and tickets grow with their history.',
      );
    case 415:
      return parts(
        'The receiver does not take this content type',
        `Intercom sends application/json, without a charset. ${GIVES_UP}`,
        'Accept Content-Type: application/json.',
      );
    case 429:
      return parts(
        'The receiver asks for fewer requests',
        'Intercom would hold back all notifications of the subscription, from one minute up to two hours, and drop what is delayed longer.',
        'Take the webhook route out of the rate limit, or send less at once.',
      );
    case 503:
      return parts(
        'The receiver is not ready',
        `PropIQ's receiver answers so while its secret is not set. ${GIVES_UP} ${SUSPENDS}`,
        'Set INTERCOM_WEBHOOK_SECRET where the receiver runs, deploy again, and look at its log.',
      );
    default:
      return status >= 500
        ? parts(
            'The receiver failed',
            `${GIVES_UP} ${SUSPENDS}`,
            `Look at the receiver's log at this moment; then ${verify}`,
          )
        : parts(`The receiver refuses it with ${status}`, GIVES_UP);
  }
}

type Parts = (what: string, why: string, hint?: string) => ErrorParts;

function redirect({ url, location }: Answer, parts: Parts): ErrorParts {
  const target = location !== undefined && URL.canParse(location, url.href) ? new URL(location, url).href : undefined;
  return parts(
    'The receiver sends the notification elsewhere',
    'Only 2xx counts as delivered, and whether Intercom follows redirects is not documented. This tool does not.',
    target === undefined
      ? 'Register the address that answers without a redirect.'
      : `If it is yours, register this address instead: ${shorten(cleanLine(target), 200)}`,
  );
}

function guideSecret({ isGuideSecret }: Answer): string {
  return isGuideSecret
    ? " The secret used here starts with whsec_, the guide's word: Intercom signs with the app's client secret."
    : '';
}

/** A word of a command line, in quotes where a shell would take it apart. */
function argument(text: string): string {
  return /^[\w:/.%~@+,=[\]-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
