import type { Cause, Facts, Variant } from '../hypothesis.ts';
import { bytes } from '../hypothesis.ts';
import type { Signing } from '../signing.ts';

const SOURCE = 'https://developers.intercom.com/docs/references/preview/webhooks/webhook-models (Signed notifications)';
const WHY = 'Intercom sends the signature of a notification in X-Hub-Signature, and in no other header.';

/** Headers that receivers of other services read, and that generated code makes up. */
const OTHER_HEADERS: readonly string[] = [
  'X-Intercom-Signature',
  'X-Signature',
  'X-Webhook-Signature',
  'X-Signature-256',
  'Intercom-Signature',
  'X-Intercom-Hub-Signature',
  'X-Intercom-Webhook-Signature',
  'X-Hmac-Signature',
  'X-Hmac-Sha256',
  'X-Shopify-Hmac-Sha256',
  'Webhook-Signature',
  'Signature',
];

type Written = Pick<Signing, 'algorithm' | 'spelling' | 'prefix'>;

/** How the digest may stand in another header, most usual first. One request can carry all headers in one of these. */
const WRITTEN: Readonly<Record<string, Written>> = {
  'sha256= and an HMAC-SHA256': { algorithm: 'sha256', spelling: 'hex', prefix: 'sha256=' },
  'a bare HMAC-SHA256 in hex': { algorithm: 'sha256', spelling: 'hex', prefix: '' },
  'sha1= and an HMAC-SHA1': { algorithm: 'sha1', spelling: 'hex', prefix: 'sha1=' },
  'a bare HMAC-SHA1 in hex': { algorithm: 'sha1', spelling: 'hex', prefix: '' },
  'an HMAC-SHA256 in base64': { algorithm: 'sha256', spelling: 'base64', prefix: '' },
};

/** Another header is read. */
export const HEADERS: readonly Cause[] = [
  {
    id: 'header-hub-256',
    aspect: 'form',
    title: 'The receiver reads X-Hub-Signature-256',
    why: `${WHY} X-Hub-Signature-256 is GitHub's and Meta's.`,
    fix: 'Read X-Hub-Signature and compare it with "sha1=" and the HMAC-SHA1 of the raw body.',
    source: SOURCE,
    variants: inHeader('X-Hub-Signature-256'),
  },
  {
    id: 'header-body-signature',
    aspect: 'form',
    title: 'The receiver reads X-Body-Signature',
    why: 'Intercom sends X-Body-Signature (bare hex of an HMAC-SHA256) with Canvas Kit requests and, as seen in public code, with uninstall and health-check calls. Notifications carry X-Hub-Signature.',
    fix: 'On the path of notifications read X-Hub-Signature: "sha1=" and the HMAC-SHA1 of the raw body. Keep X-Body-Signature only for Canvas Kit, uninstall and health-check calls.',
    source: 'https://github.com/dubinc/dub/pull/4054',
    variants: inHeader('X-Body-Signature'),
  },
  {
    id: 'header-other',
    aspect: 'form',
    title: 'The receiver reads another header',
    why: WHY,
    fix: 'Read X-Hub-Signature and compare it with "sha1=" and the HMAC-SHA1 of the raw body.',
    source: SOURCE,
    variants: OTHER_HEADERS.flatMap((name) => inHeader(name)),
  },
];

function inHeader(header: string): readonly Variant[] {
  return Object.entries(WRITTEN).map(([words, written]) => ({
    words: `${words}, in ${header}`,
    odds: 2,
    alter: (right) => ({ ...right, ...written, header }),
  }));
}

/** Where schemes with a time put it. */
const TIME_HEADERS: readonly string[] = [
  'X-Timestamp',
  'X-Hub-Timestamp',
  'X-Signature-Timestamp',
  'X-Webhook-Timestamp',
  'X-Request-Timestamp',
  'X-Intercom-Timestamp',
];

const MILLISECONDS = 1000;

/** The schemes of other services, each with its header, its time and its way of putting them together. */
export function schemeCauses({ nowSeconds, url }: Facts): readonly Cause[] {
  const at = String(nowSeconds);
  const id = `msg_${nowSeconds * MILLISECONDS}`;
  const before = (text: string, right: Signing): Uint8Array => Buffer.concat([bytes(text), right.message]);
  const standard =
    (prefix: string) =>
    (right: Signing): Signing => ({
      ...right,
      algorithm: 'sha256',
      spelling: 'base64',
      message: before(`${id}.${at}.`, right),
      prefix: 'v1,',
      header: `${prefix}-signature`,
      others: [
        [`${prefix}-id`, id],
        [`${prefix}-timestamp`, at],
      ],
    });
  return [
    scheme('scheme-stripe', 'Stripe', 'Stripe-Signature: t=…,v1=…', [
      [
        't=<time>,v1= and an HMAC-SHA256 of "<time>.<body>", in Stripe-Signature',
        (right) => stripe(right, 'Stripe-Signature'),
      ],
      [
        't=<time>,v1= and an HMAC-SHA256 of "<time>.<body>", in X-Hub-Signature',
        (right) => stripe(right, right.header),
      ],
    ]),
    scheme('scheme-slack', 'Slack', 'X-Slack-Signature: v0=…', [
      [
        'v0= and an HMAC-SHA256 of "v0:<time>:<body>", in X-Slack-Signature',
        (right) => ({
          ...right,
          algorithm: 'sha256',
          message: before(`v0:${at}:`, right),
          prefix: 'v0=',
          header: 'X-Slack-Signature',
          others: [['X-Slack-Request-Timestamp', at]],
        }),
      ],
    ]),
    {
      id: 'scheme-time',
      aspect: 'form',
      title: 'The receiver signs a time together with the body',
      why: 'Many services send a time in a header and sign it before the body. Intercom sends no time and signs the body alone.',
      fix: 'Sign the raw body and nothing else; against replays remember the ids of notifications.',
      source: SOURCE,
      variants: [
        ['sha256= and an HMAC-SHA256 of "<time>.<body>"', 'sha256', '.'],
        ['sha1= and an HMAC-SHA1 of "<time>.<body>"', 'sha1', '.'],
        ['sha256= and an HMAC-SHA256 of "<time><body>"', 'sha256', ''],
      ].map(([words = '', algorithm, mark], place) => ({
        words: `${words}, with the time in a header like X-Timestamp`,
        odds: place === 0 ? 1.5 : 1,
        alter: (right) => ({
          ...right,
          algorithm: algorithm === 'sha1' ? 'sha1' : 'sha256',
          message: before(`${at}${mark}`, right),
          prefix: `${algorithm}=`,
          others: TIME_HEADERS.map((name) => [name, at]),
        }),
      })),
    },
    {
      id: 'scheme-url',
      aspect: 'body',
      title: 'The receiver signs the address together with the body',
      why: 'Twilio and Square sign the URL and then the body. Intercom signs the body alone.',
      fix: 'Sign the raw body and nothing else.',
      source: SOURCE,
      variants:
        url === undefined
          ? []
          : [
              { words: 'the URL and then the body', odds: 1.5, alter: (right) => after(url.href, right) },
              { words: 'the path and then the body', odds: 1, alter: (right) => after(url.pathname, right) },
              {
                words: 'POST, the path and then the body',
                odds: 1,
                alter: (right) => after(`POST${url.pathname}`, right),
              },
            ],
    },
    scheme('scheme-svix', 'Svix (Clerk, Resend)', 'svix-signature: v1,…', [
      ['an HMAC-SHA256 of "<id>.<time>.<body>" in base64, in svix-signature', standard('svix')],
      ['an HMAC-SHA256 of "<id>.<time>.<body>" in base64, in webhook-signature', standard('webhook')],
    ]),
  ];

  function after(text: string, right: Signing): Signing {
    return { ...right, message: before(text, right) };
  }

  function stripe(right: Signing, header: string): Signing {
    return { ...right, algorithm: 'sha256', message: before(`${at}.`, right), prefix: `t=${at},v1=`, header };
  }
}

function scheme(
  id: string,
  name: string,
  sends: string,
  ways: readonly (readonly [words: string, alter: Variant['alter']])[],
): Cause {
  return {
    id,
    aspect: 'form',
    title: `The receiver expects signatures as ${name} makes them`,
    why: `${name} sends ${sends}, over a time and the body. Intercom signs the body alone and sends no time.`,
    fix: "Replace the other service's verification by Intercom's: HMAC-SHA1 of the raw body, compared with X-Hub-Signature.",
    source: SOURCE,
    variants: ways.map(([words, alter]) => ({ words, odds: 1, alter })),
  };
}
