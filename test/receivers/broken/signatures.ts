import {
  all,
  answer,
  answered,
  BEHIND_CONFIGURED,
  BEHIND_WALL,
  broken,
  DELIVERIES,
  digest,
  isSame,
  isSigned,
  type Receiver,
  SECRET,
} from '../receiver.ts';

const FORGERIES = [
  'endpoint/wrong-secret-rejected',
  'endpoint/tampered-rejected',
  'endpoint/malformed-signature-rejected',
  'endpoint/empty-key-rejected',
  'endpoint/placeholder-key-rejected',
] as const;
const REFUSED_DELIVERIES = {
  'signature/accepted': 'fail',
  ...all('skip', DELIVERIES),
  'delivery/content-type': 'skip',
} as const;

/** The signature is checked wrongly, or not at all. */
export const signatures: readonly Receiver[] = [
  broken(
    'accepts whatever comes',
    { isRight: () => true },
    {
      'endpoint/unsigned-rejected': 'fail',
      ...all('fail', FORGERIES),
      'endpoint/no-signature-leak': 'skip',
    },
    { diagnosis: ['accepts-forgeries'] },
  ),
  broken(
    'accepts unsigned requests',
    { isRight: ({ signature, body }) => signature === undefined || isSigned(signature, body) },
    { 'endpoint/unsigned-rejected': 'fail' },
    { diagnosis: ['accepts-forgeries'] },
  ),
  broken(
    'looks whether there is a signature, and no further',
    { isRight: ({ signature = '' }) => signature !== '' },
    all('fail', FORGERIES),
    { diagnosis: ['accepts-forgeries'] },
  ),
  broken(
    'compares only as many characters as were given',
    {
      isRight: ({ signature = 'none', body }) =>
        digest('sha1', SECRET, body).startsWith(signature) || isSigned(signature, body),
    },
    { 'endpoint/malformed-signature-rejected': 'fail' },
    { diagnosis: ['compares-a-part'] },
  ),
  broken(
    'compares the first eight digits',
    {
      isRight: ({ signature = '', body }) =>
        ['sha1', 'sha256'].some((name) => {
          const length = name.length + 9;
          return (
            signature.length >= length && digest(name, SECRET, body).slice(0, length) === signature.slice(0, length)
          );
        }),
    },
    { 'endpoint/malformed-signature-rejected': 'fail' },
    { diagnosis: ['compares-a-part'] },
  ),
  broken(
    'breaks at a signature of another length',
    {
      beforeCheck: (response, { signature }) =>
        signature !== undefined && ![45, 71].includes(signature.length) && answered(response, 500),
    },
    { 'endpoint/malformed-signature-rejected': 'fail' },
  ),
  broken(
    'breaks at a signature that is not ASCII',
    {
      beforeCheck: (response, { signature = '' }) => /[^\0-\x7f]/.test(signature) && answered(response, 500),
    },
    { 'endpoint/malformed-signature-rejected': 'fail' },
  ),
  broken(
    'hangs up on a malformed signature',
    {
      beforeCheck(_, { request, signature = 'sha1=' }) {
        const isOdd = signature !== 'sha1=' && !/^sha(?:1|256)=[0-9a-f]+$/.test(signature);
        if (isOdd) request.socket.destroy();
        return isOdd;
      },
    },
    { 'endpoint/malformed-signature-rejected': 'fail' },
  ),
  broken(
    'takes an empty key as well',
    { isRight: ({ signature, body }) => isSigned(signature, body) || isSigned(signature, body, '') },
    { 'endpoint/empty-key-rejected': 'fail' },
    { diagnosis: ['guessable-key'] },
  ),
  broken(
    'takes the placeholder of the guide as well',
    {
      isRight: ({ signature, body }) =>
        isSigned(signature, body) || isSigned(signature, body, 'whsec_YOUR_SECRET_HERE'),
    },
    { 'endpoint/placeholder-key-rejected': 'fail' },
    { diagnosis: ['guessable-key'] },
  ),
  broken(
    'has another secret',
    { isRight: ({ signature, body }) => isSigned(signature, body, 'another-key') },
    REFUSED_DELIVERIES,
    {
      diagnosis: ['unknown'],
    },
  ),
  broken(
    'runs with an empty secret',
    { isRight: ({ signature, body }) => isSigned(signature, body, '') },
    { 'endpoint/empty-key-rejected': 'fail', ...REFUSED_DELIVERIES },
    { diagnosis: ['secret-missing'] },
  ),
  broken(
    'has another secret, and refuses with 403',
    {
      isRight: ({ signature, body }) => isSigned(signature, body, 'another-key'),
      refuse: (response) => answer(response, 403, { detail: 'Forbidden' }),
    },
    {
      'endpoint/unsigned-rejected': 'fail',
      'endpoint/wrong-secret-rejected': 'fail',
      'endpoint/tampered-rejected': 'fail',
      ...REFUSED_DELIVERIES,
    },
    { diagnosis: ['unknown'] },
  ),
  broken(
    'refuses with 403',
    { refuse: (response) => answer(response, 403, { detail: 'Forbidden' }) },
    all('warn', ['endpoint/unsigned-rejected', 'endpoint/wrong-secret-rejected', 'endpoint/tampered-rejected']),
    { exitCode: 0 },
  ),
  broken(
    'refuses with 400',
    { refuse: (response) => answer(response, 400, { detail: 'Bad Request' }) },
    all('warn', ['endpoint/unsigned-rejected', 'endpoint/wrong-secret-rejected', 'endpoint/tampered-rejected']),
    { exitCode: 0 },
  ),
  ...(['404', '500'] as const).map((status) =>
    broken(
      `refuses with ${status}`,
      { refuse: (response) => answer(response, Number(status), { detail: 'Invalid signature' }) },
      {
        ...all('fail', ['endpoint/unsigned-rejected', 'endpoint/wrong-secret-rejected', 'endpoint/tampered-rejected']),
        ...(status === '500' && {
          'endpoint/malformed-signature-rejected': 'fail',
          ...all('warn', ['endpoint/empty-key-rejected', 'endpoint/placeholder-key-rejected']),
        }),
      },
      { diagnosis: ['refusal-status'] },
    ),
  ),
  broken(
    'breaks where there is no signature',
    { beforeCheck: (response, { signature }) => signature === undefined && answered(response, 500) },
    { 'endpoint/unsigned-rejected': 'fail' },
    { diagnosis: ['refusal-status'] },
  ),
  broken(
    'hangs up where there is no signature',
    {
      beforeCheck(_, { request, signature }) {
        if (signature === undefined) request.socket.destroy();
        return signature === undefined;
      },
    },
    { 'endpoint/configured': 'fail', ...all('skip', BEHIND_CONFIGURED) },
    { diagnosis: ['hangs-up'] },
  ),
  broken(
    'hangs up on every POST',
    {
      beforeCheck(_, { request }) {
        request.socket.destroy();
        return true;
      },
    },
    { 'endpoint/reaches-receiver': 'fail', ...all('skip', BEHIND_WALL) },
    { diagnosis: ['hangs-up'] },
  ),
  broken(
    'takes a signature that is missing or empty for right',
    { isRight: ({ signature = '', body }) => signature === '' || isSigned(signature, body) },
    { 'endpoint/unsigned-rejected': 'fail', 'endpoint/malformed-signature-rejected': 'fail' },
    { diagnosis: ['accepts-forgeries'] },
  ),
  broken(
    'accepts sha256 only, as the guide has it',
    { isRight: ({ signature, body }) => isSame(signature, digest('sha256', SECRET, body)) },
    { 'signature/sha1': 'fail' },
    { diagnosis: ['sha256-only'] },
  ),
  broken(
    'tells the right signature in its refusal',
    { refuse: (response, { body }) => answer(response, 401, { expected: digest('sha1', SECRET, body) }) },
    { 'endpoint/no-signature-leak': 'fail' },
  ),
  broken(
    'tells the right digest in a header, in capitals',
    {
      refuse(response, { body }) {
        response.setHeader('X-Debug', digest('sha256', SECRET, body).slice(7).toUpperCase());
        answer(response, 401, {});
      },
    },
    { 'endpoint/no-signature-leak': 'fail' },
  ),
  broken(
    'shows a stack trace in its refusal',
    {
      refuse: (response) =>
        answer(response, 401, { detail: 'wrong', stack: `Error: wrong\n    at check (/srv/app/check.js:12:9)` }),
    },
    { 'endpoint/no-signature-leak': 'fail' },
  ),
  broken(
    'signs the parsed body, printed again',
    { isRight: ({ signature, body }) => isSigned(signature, JSON.stringify(JSON.parse(body.toString()))) },
    { 'signature/raw-body': 'fail' },
    { diagnosis: ['body-compact'] },
  ),
  broken(
    'signs the body decoded as Latin-1',
    { isRight: ({ signature, body }) => isSigned(signature, body.toString('latin1')) },
    { 'signature/raw-body': 'fail' },
    { diagnosis: ['body-latin1'] },
  ),
  broken(
    'trims the body before it signs',
    { isRight: ({ signature, body }) => isSigned(signature, body.toString().trim()) },
    { 'signature/raw-body': 'fail' },
    { diagnosis: ['body-trimmed'] },
  ),
];
