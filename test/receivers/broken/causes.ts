import { createHash, createHmac } from 'node:crypto';
import {
  all,
  answer,
  answered,
  BEHIND_UNSIGNED,
  BEHIND_WALL,
  broken,
  DELIVERIES,
  type Delivery,
  isSame,
  page,
  PATH,
  type Receiver,
  SECRET,
} from '../receiver.ts';

const REFUSED = { 'signature/accepted': 'fail', ...all('skip', DELIVERIES), 'delivery/content-type': 'skip' } as const;
const SPELLED = { 'signature/raw-body': 'fail' } as const;

const hmac = (algorithm: string, key: string | Buffer, body: string | Buffer) =>
  createHmac(algorithm, key).update(body);
const sha1 = (key: string | Buffer, body: string | Buffer): string => `sha1=${hmac('sha1', key, body).digest('hex')}`;
const sha256 = (key: string | Buffer, body: string | Buffer): string =>
  `sha256=${hmac('sha256', key, body).digest('hex')}`;
const parsed = (body: Buffer): Record<string, unknown> => JSON.parse(body.toString()) as Record<string, unknown>;
const header = ({ request }: Delivery, name: string): string | undefined => request.headers[name]?.toString();

/** A receiver that compares one header with what some code makes of the body. */
const comparing = (
  name: string,
  diagnosis: string | readonly string[],
  right: (body: Buffer, delivery: Delivery) => string,
  { differs = REFUSED, reads = 'x-hub-signature' }: { differs?: Receiver['differs']; reads?: string } = {},
): Receiver =>
  broken(name, { isRight: (delivery) => isSame(header(delivery, reads), right(delivery.body, delivery)) }, differs, {
    diagnosis: typeof diagnosis === 'string' ? [diagnosis] : diagnosis,
  });

/** `JSON.stringify` with Python's spaces, for texts that hold no colon or comma of their own before a quote. */
const pythonDumps = (body: Buffer): string => spaced(JSON.parse(body.toString()));
function spaced(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(spaced).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return ascii(JSON.stringify(value));
  const members = Object.entries(value).map(([name, member]) => `${ascii(JSON.stringify(name))}: ${spaced(member)}`);
  return `{${members.join(', ')}}`;
}
function rubyInspect(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(rubyInspect).join(', ')}]`;
  if (value === null) return 'nil';
  if (typeof value !== 'object') return JSON.stringify(value);
  return `{${Object.entries(value)
    .map(([name, member]) => `${JSON.stringify(name)}=>${rubyInspect(member)}`)
    .join(', ')}}`;
}
function javaText(value: unknown): string {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return String(value);
  return `{${Object.entries(value)
    .map(([name, member]) => `${name}=${javaText(member)}`)
    .join(', ')}}`;
}
const ascii = (text: string): string =>
  text.replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
const sorted = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(
        Object.entries(value)
          .toSorted(([a], [b]) => (a < b ? -1 : 1))
          .map(([name, member]) => [name, sorted(member)]),
      )
    : value;

const keys: readonly Receiver[] = (
  [
    ['secret-newline', `${SECRET}\n`],
    ['secret-newline', `${SECRET}\r\n`],
    ['secret-newline', `${SECRET}\r`],
    ['secret-newline', `${SECRET}\\n`],
    ['secret-space', `${SECRET} `],
    ['secret-space', ` ${SECRET}`],
    ['secret-quoted', `"${SECRET}"`],
    ['secret-quoted', `'${SECRET}'`],
    ['secret-whsec', `whsec_${SECRET}`],
    ['secret-encoded', Buffer.from(SECRET).toString('base64')],
    ['secret-case', SECRET.toUpperCase()],
    ['secret-with-name', `INTERCOM_WEBHOOK_SECRET=${SECRET}`],
    ['secret-doubled', SECRET + SECRET],
    ['secret-cut', SECRET.slice(0, -1)],
  ] as const
).map(([id, key]) => comparing(`${id}: its key is ${JSON.stringify(key)}`, id, (body) => sha1(key, body)));

const forms: readonly Receiver[] = [
  comparing('compares the header with a bare digest', 'prefix-missing', (body) =>
    hmac('sha1', SECRET, body).digest('hex'),
  ),
  comparing('compares the header with a bare SHA-256', 'prefix-missing', (body) =>
    hmac('sha256', SECRET, body).digest('hex'),
  ),
  comparing(
    'wants base64 after sha1=',
    'digest-base64',
    (body) => `sha1=${hmac('sha1', SECRET, body).digest('base64')}`,
  ),
  comparing('wants base64 of SHA-256, as Shopify', 'digest-base64', (body) =>
    hmac('sha256', SECRET, body).digest('base64'),
  ),
  comparing(
    'writes its digest in capitals',
    'digest-upper-case',
    (body) => `sha1=${hmac('sha1', SECRET, body).digest('hex').toUpperCase()}`,
  ),
  comparing(
    'computes SHA-256 and writes sha1=',
    'prefix-other',
    (body) => `sha1=${hmac('sha256', SECRET, body).digest('hex')}`,
  ),
  comparing('wants SHA-512', 'algorithm-other', (body) => `sha512=${hmac('sha512', SECRET, body).digest('hex')}`),
  comparing('swaps key and body', 'hmac-swapped', (body) => sha1(body, SECRET)),
  comparing(
    'hashes secret and body',
    'hash-not-hmac',
    (body) => `sha1=${createHash('sha1').update(SECRET).update(body).digest('hex')}`,
  ),
  comparing(
    'hashes the body alone',
    'hash-not-hmac',
    (body) => `sha1=${createHash('sha1').update(body).digest('hex')}`,
  ),
];

const headers: readonly Receiver[] = [
  comparing('reads X-Hub-Signature-256, as for GitHub', 'header-hub-256', (body) => sha256(SECRET, body), {
    reads: 'x-hub-signature-256',
  }),
  comparing('reads X-Body-Signature', 'header-body-signature', (body) => hmac('sha256', SECRET, body).digest('hex'), {
    reads: 'x-body-signature',
  }),
  comparing('reads X-Intercom-Signature', 'header-other', (body) => hmac('sha256', SECRET, body).digest('hex'), {
    reads: 'x-intercom-signature',
  }),
  comparing('reads X-Signature with sha1=', 'header-other', (body) => sha1(SECRET, body), { reads: 'x-signature' }),
  comparing(
    'reads X-Webhook-Signature in base64',
    'header-other',
    (body) => hmac('sha256', SECRET, body).digest('base64'),
    { reads: 'x-webhook-signature' },
  ),
  broken(
    'verifies as for Stripe',
    {
      isRight(delivery) {
        const [, time = '', given] = /^t=(\d+),v1=([0-9a-f]+)$/.exec(header(delivery, 'stripe-signature') ?? '') ?? [];
        return isSame(given, hmac('sha256', SECRET, `${time}.${delivery.body.toString()}`).digest('hex'));
      },
    },
    REFUSED,
    { diagnosis: ['scheme-stripe'] },
  ),
  broken(
    'signs a time and the body, with sha256',
    {
      isRight(delivery) {
        const time = header(delivery, 'x-timestamp');
        const right = sha256(SECRET, `${time}.${delivery.body.toString()}`);
        return time !== undefined && isSame(header(delivery, 'x-hub-signature'), right);
      },
    },
    REFUSED,
    { diagnosis: ['scheme-time'] },
  ),
  broken(
    'wants a time in the header, and says so',
    {
      isRight(delivery) {
        const [, time = '', given] = /^t=(\d+),v1=([0-9a-f]+)$/.exec(header(delivery, 'x-hub-signature') ?? '') ?? [];
        return isSame(given, hmac('sha256', SECRET, `${time}.${delivery.body.toString()}`).digest('hex'));
      },
      refuse: (response) => answer(response, 400, { error: 'Unable to extract timestamp and signatures from header' }),
    },
    {
      ...REFUSED,
      ...all('fail', ['endpoint/unsigned-rejected', 'endpoint/wrong-secret-rejected', 'endpoint/tampered-rejected']),
    },
    { diagnosis: ['scheme-stripe'] },
  ),
  comparing('signs the address and the body', 'scheme-url', (body, { request }) =>
    sha1(SECRET, `http://${request.headers.host}${request.url}${body.toString()}`),
  ),
  ...[
    { detail: 'Missing signature' },
    { error: 'Unauthorized', message: 'X-Hub-Signature header is required' },
    { error: 'no signature provided' },
  ].map((text) =>
    broken(
      `finds no signature, and says so: ${JSON.stringify(text)}`,
      {
        isRight: ({ request }) => request.headers['X-Hub-Signature'] !== undefined,
        refuse: (response) => answer(response, 401, text),
      },
      REFUSED,
      { diagnosis: ['signature-not-seen'] },
    ),
  ),
  broken(
    'has another secret, and one text for what is missing and what is wrong',
    {
      isRight: ({ signature, body }) => isSame(signature, sha1('another-key', body)),
      refuse: (response) => answer(response, 401, { detail: 'Missing or invalid signature' }),
    },
    REFUSED,
    { diagnosis: ['unknown'] },
  ),
  ...[
    { msg: 'Missing Authorization Header' },
    { message: 'No token provided' },
    { detail: 'Authentication credentials were not provided.' },
    { error: 'Invalid API key' },
  ].map((text) =>
    broken(
      `asks for a login: ${JSON.stringify(text)}`,
      { isRight: () => false, refuse: (response) => answer(response, 401, text) },
      REFUSED,
      { diagnosis: ['login-asked'] },
    ),
  ),
  ...(
    [
      [
        'body-not-bytes',
        'The "data" argument must be of type string or an instance of Buffer, TypedArray, or DataView. Received undefined',
      ],
      ['body-not-bytes', 'Strings must be encoded before hashing'],
      [
        'secret-missing',
        'The "key" argument must be of type string or an instance of ArrayBuffer, Buffer or KeyObject. Received undefined',
      ],
    ] as const
  ).map(([id, text]) =>
    broken(
      `tells its exception: ${text.slice(0, 30)}`,
      { isRight: () => false, refuse: (response) => answer(response, 400, { error: `Webhook Error: ${text}` }) },
      {
        ...REFUSED,
        ...all('fail', ['endpoint/unsigned-rejected', 'endpoint/wrong-secret-rejected', 'endpoint/tampered-rejected']),
      },
      { diagnosis: [id] },
    ),
  ),
  broken(
    'breaks at every POST, and shows its exception on a page',
    {
      beforeCheck(response) {
        page(
          response,
          500,
          'TypeError: The &quot;key&quot; argument must be of type string or an instance of Buffer. Received undefined',
        );
        return true;
      },
    },
    {
      ...REFUSED,
      ...all('fail', ['endpoint/unsigned-rejected', 'endpoint/wrong-secret-rejected', 'endpoint/tampered-rejected']),
      'endpoint/malformed-signature-rejected': 'fail',
      ...all('warn', ['endpoint/empty-key-rejected', 'endpoint/placeholder-key-rejected']),
    },
    { diagnosis: ['secret-missing'] },
  ),
  broken(
    'verifies as for Slack',
    {
      isRight(delivery) {
        const time = header(delivery, 'x-slack-request-timestamp') ?? '';
        const right = `v0=${hmac('sha256', SECRET, `v0:${time}:${delivery.body.toString()}`).digest('hex')}`;
        return isSame(header(delivery, 'x-slack-signature'), right);
      },
    },
    REFUSED,
    { diagnosis: ['scheme-slack'] },
  ),
  broken(
    'verifies as Svix does, without decoding the key',
    {
      isRight(delivery) {
        const [id, time] = [header(delivery, 'svix-id') ?? '', header(delivery, 'svix-timestamp') ?? ''];
        const right = `v1,${hmac('sha256', SECRET, `${id}.${time}.${delivery.body.toString()}`).digest('base64')}`;
        return isSame(header(delivery, 'svix-signature'), right);
      },
    },
    REFUSED,
    { diagnosis: ['scheme-svix'] },
  ),
];

const SMALL = { differs: SPELLED } as const;

const bodies: readonly Receiver[] = [
  comparing('signs what json.dumps prints', 'body-python', (body) => sha1(SECRET, pythonDumps(body))),
  comparing('signs the parsed body with sorted keys', 'body-sorted', (body) =>
    sha1(SECRET, JSON.stringify(sorted(parsed(body)))),
  ),
  comparing('signs the parsed body over several lines', 'body-pretty', (body) =>
    sha1(SECRET, JSON.stringify(parsed(body), null, 2)),
  ),
  comparing('signs the data of the notification', 'body-part', (body) =>
    sha1(SECRET, JSON.stringify(parsed(body)['data']) ?? ''),
  ),
  comparing('has read the body before', 'body-empty', () => sha1(SECRET, '')),
  comparing('signs {} for want of a parser', 'body-stand-in', () => sha1(SECRET, '{}')),
  comparing('signs an object as text', 'body-stand-in', () => sha1(SECRET, '[object Object]')),
  comparing('signs the raw body as a JSON text', 'body-buffer-text', (body) =>
    sha1(SECRET, JSON.stringify(body.toString())),
  ),
  comparing('signs a printed Buffer', 'body-buffer-text', (body) => sha1(SECRET, JSON.stringify(body))),
  comparing('signs the bytes as numbers', 'body-buffer-text', (body) => sha1(SECRET, String(Uint8Array.from(body)))),
  comparing('signs bytes as Go prints them', 'body-buffer-text', (body) => sha1(SECRET, `[${body.join(' ')}]`)),
  comparing('leaves the body of a Lambda in base64', 'body-base64', (body) => sha1(SECRET, body.toString('base64'))),
  comparing('signs the body in lower case', 'body-case', (body) => sha1(SECRET, body.toString().toLowerCase())),
  comparing('signs what inspect of a Ruby hash prints', 'body-object-text', (body) =>
    sha1(SECRET, rubyInspect(parsed(body))),
  ),
  comparing('signs what toString of a Java map prints', 'body-object-text', (body) =>
    sha1(SECRET, javaText(parsed(body))),
  ),
  comparing('adds a line break', 'body-final-newline', (body) => sha1(SECRET, `${body.toString()}\n`)),
  comparing('signs the body with a byte order mark', 'body-bom', (body) => sha1(SECRET, `\ufeff${body.toString()}`)),
  comparing('signs the body escaped for HTML', 'body-escaped-html', (body) =>
    sha1(
      SECRET,
      body
        .toString()
        .replaceAll('&', '&amp;')
        .replaceAll('<', '&lt;')
        .replaceAll('>', '&gt;')
        .replaceAll('"', '&quot;')
        .replaceAll("'", '&#39;'),
    ),
  ),
  comparing(
    'signs JSON.stringify of the parsed body',
    'body-compact',
    (body) => sha1(SECRET, JSON.stringify(parsed(body))),
    SMALL,
  ),
  comparing(
    'signs compact JSON with everything but ASCII escaped',
    'body-python-compact',
    (body) => sha1(SECRET, ascii(JSON.stringify(parsed(body)))),
    SMALL,
  ),
  comparing(
    'signs compact JSON with escaped slashes',
    'body-escaped-slashes',
    (body) => sha1(SECRET, JSON.stringify(parsed(body)).replaceAll('/', '\\/')),
    SMALL,
  ),
  comparing('trims the body', 'body-trimmed', (body) => sha1(SECRET, body.toString().trim()), SMALL),
  comparing(
    'turns CRLF into LF',
    'body-line-ends',
    (body) => sha1(SECRET, body.toString().replaceAll('\r\n', '\n')),
    SMALL,
  ),
  comparing(
    'turns LF into CRLF',
    'body-line-ends',
    (body) => sha1(SECRET, body.toString().replace(/\r?\n/g, '\r\n')),
    SMALL,
  ),
  comparing(
    'decodes the body with toString("ascii")',
    'body-ascii',
    (body) => sha1(SECRET, body.toString('ascii')),
    SMALL,
  ),
  comparing(
    'loses line breaks and tabs',
    'body-line-ends',
    (body) => sha1(SECRET, body.toString().replace(/[\r\n\t]/g, '')),
    SMALL,
  ),
  comparing('decodes the body as Latin-1', 'body-latin1', (body) => sha1(SECRET, body.toString('latin1')), SMALL),
  comparing(
    'encodes the text as Latin-1',
    'body-latin1',
    (body) => sha1(SECRET, Buffer.from(body.toString(), 'latin1')),
    SMALL,
  ),
  comparing(
    'decodes the body as ASCII',
    'body-ascii',
    (body) => sha1(SECRET, body.toString('latin1').replace(/[^\0-\x7f]/g, '\ufffd')),
    SMALL,
  ),
  comparing(
    'puts ? in place of letters',
    'body-ascii',
    (body) => sha1(SECRET, body.toString().replace(/[^\0-\x7f]/gu, '?')),
    SMALL,
  ),
  comparing(
    'encodes the body as Latin-1, with ? for what that has not',
    'body-latin1',
    (body) => sha1(SECRET, Buffer.from(body.toString().replace(/[^\0-\xff]/gu, '?'), 'latin1')),
    SMALL,
  ),
  comparing(
    'takes backslashes out of the body',
    'body-unslashed',
    (body) => sha1(SECRET, body.toString().replace(/\\(.?)/gs, '$1')),
    SMALL,
  ),
  comparing(
    'puts ? in place of every byte beyond ASCII',
    'body-ascii',
    (body) => sha1(SECRET, body.toString('latin1').replace(/[^\0-\x7f]/g, '?')),
    SMALL,
  ),
  comparing(
    'takes the body for a form',
    'body-form-decoded',
    (body) => sha1(SECRET, body.toString().replaceAll('+', ' ')),
    SMALL,
  ),
];

const two: readonly Receiver[] = [
  comparing(
    'sha256 alone, and JSON.stringify',
    ['sha256-only', 'body-compact'],
    (body) => sha256(SECRET, JSON.stringify(parsed(body))),
    { differs: { ...SPELLED, 'signature/sha1': 'fail' } },
  ),
  comparing('sha256 after the guide, and a quoted secret', ['secret-quoted', 'sha256-only'], (body) =>
    sha256(`"${SECRET}"`, body),
  ),
  comparing('sha256 after the guide, and a line break', ['secret-newline', 'sha256-only'], (body) =>
    sha256(`${SECRET}\n`, body),
  ),
  comparing('sha256 after the guide, and json.dumps', ['sha256-only', 'body-python'], (body) =>
    sha256(SECRET, pythonDumps(body)),
  ),
  comparing('a quoted secret, and JSON.stringify', ['secret-quoted', 'body-compact'], (body) =>
    sha1(`"${SECRET}"`, JSON.stringify(parsed(body))),
  ),
  comparing('a bare digest, and a line break', ['secret-newline', 'prefix-missing'], (body) =>
    hmac('sha1', `${SECRET}\n`, body).digest('hex'),
  ),
  comparing(
    'another header, and JSON.stringify',
    ['header-hub-256', 'body-compact'],
    (body) => sha256(SECRET, JSON.stringify(parsed(body))),
    { reads: 'x-hub-signature-256' },
  ),
];

/** One handler for every path, as a function of a cloud is: it looks like a wall, until something is accepted. */
const everywhere: Receiver = broken(
  'answers every path alike, and has a quoted secret',
  {
    before(request, response) {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        const isRight = isSame(
          request.headers['x-hub-signature']?.toString(),
          sha1(`"${SECRET}"`, Buffer.concat(parts)),
        );
        response.writeHead(isRight ? 200 : 401).end();
      });
      return true;
    },
  },
  { 'health/app': 'fail', 'health/intercom': 'fail', 'endpoint/reaches-receiver': 'fail', ...all('skip', BEHIND_WALL) },
  { diagnosis: ['secret-quoted'] },
);

/** The same, but its answer speaks of a signature, as no wall does. */
const outspoken: Receiver = broken(
  'answers every path alike, speaks of signatures, and has another secret',
  {
    before(request, response) {
      request.resume().on('end', () => answer(response, 401, { error: 'invalid signature' }));
      return true;
    },
  },
  {
    'health/app': 'fail',
    'health/intercom': 'fail',
    'endpoint/head': 'fail',
    'endpoint/unsigned-rejected': 'pass',
    ...REFUSED,
  },
  { diagnosis: ['head-refused', 'unknown'] },
);

/** As Express and Flask answer OPTIONS. */
const neighbour: Receiver = broken(
  'stands at another path, and says so to OPTIONS',
  {
    before(request, response) {
      if (request.method === 'OPTIONS' && request.url === '/webhooks/intercom') {
        response.writeHead(200, { Allow: 'OPTIONS, POST' }).end();
        return true;
      }
      return request.url === PATH && answered(response, 404);
    },
  },
  {
    'endpoint/head': 'fail',
    'endpoint/unsigned-rejected': 'fail',
    ...all('skip', BEHIND_UNSIGNED),
  },
  { diagnosis: ['wrong-path'] },
);

/** Why a right signature is refused: each has its cause, and `verify` must name it. */
export const causes: readonly Receiver[] = [
  ...keys,
  ...forms,
  ...headers,
  ...bodies,
  ...two,
  everywhere,
  outspoken,
  neighbour,
];
