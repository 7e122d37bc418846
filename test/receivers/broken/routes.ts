import { createServer, type Socket } from 'node:net';
import {
  all,
  answer,
  answered,
  BEHIND_CONFIGURED,
  BEHIND_REDIRECT,
  BEHIND_UNSIGNED,
  BEHIND_WALL,
  broken,
  DELIVERIES,
  listen,
  page,
  PATH,
  redirected,
  type Receiver,
  type Running,
} from '../receiver.ts';

const NO_HEALTH = { 'health/app': 'fail', 'health/intercom': 'fail' } as const;
const isWebhook = (url: string | undefined): boolean => url === PATH;
const SHORT_MS = 400;
const PATIENT_MS = 5000;

const SILENT = { ...NO_HEALTH, 'http/no-redirect': 'fail', ...all('skip', BEHIND_REDIRECT) } as const;

/** Something else than a receiver answers, or nothing does. */
export const routes: readonly Receiver[] = [
  broken(
    'another path: 404 to HEAD and POST',
    { before: ({ url }, response) => isWebhook(url) && answered(response, 404) },
    { 'endpoint/head': 'fail', 'endpoint/unsigned-rejected': 'fail', ...all('skip', BEHIND_UNSIGNED) },
    { diagnosis: ['wrong-path'] },
  ),
  ...(
    [
      ['Django: no exemption from CSRF protection', 403, 'CSRF verification failed. Request aborted.'],
      ['Flask-WTF: no exemption from CSRF protection', 400, 'The CSRF token is missing.'],
      ['Laravel: no exemption from CSRF protection', 419, 'Page Expired'],
    ] as const
  ).map(([name, status, text]) =>
    broken(
      name,
      { beforeCheck: (response) => (page(response, status, text), true) },
      {
        ...all('fail', ['endpoint/unsigned-rejected', 'endpoint/wrong-secret-rejected', 'endpoint/tampered-rejected']),
        'signature/accepted': 'fail',
        ...all('skip', DELIVERIES),
        'delivery/content-type': 'skip',
      },
      { diagnosis: ['csrf'] },
    ),
  ),
  broken(
    'a list of hosts that lacks this one: 400 to all',
    { before: (_, response) => (page(response, 400, 'Bad Request (400)'), true) },
    {
      ...all('warn', ['health/app', 'health/intercom']),
      ...all('fail', ['endpoint/head', 'endpoint/unsigned-rejected', 'endpoint/wrong-secret-rejected']),
      ...all('fail', ['endpoint/tampered-rejected', 'signature/accepted']),
      ...all('skip', DELIVERIES),
      'delivery/content-type': 'skip',
    },
    { diagnosis: ['host-refused'] },
  ),
  broken(
    'a middleware that breaks at every request',
    { before: (_, response) => answered(response, 500, { error: 'misconfigured csrf' }) },
    {
      ...all('fail', ['health/app', 'health/intercom', 'endpoint/head', 'endpoint/unsigned-rejected']),
      ...all('fail', ['endpoint/wrong-secret-rejected', 'endpoint/tampered-rejected', 'signature/accepted']),
      'endpoint/malformed-signature-rejected': 'fail',
      ...all('warn', ['endpoint/empty-key-rejected', 'endpoint/placeholder-key-rejected']),
      ...all('skip', DELIVERIES),
      'delivery/content-type': 'skip',
    },
    { diagnosis: ['breaks-at-all'] },
  ),
  broken(
    'a page at that path that takes no POST',
    { before: ({ url, method }, response) => isWebhook(url) && method === 'POST' && answered(response, 405) },
    { 'endpoint/unsigned-rejected': 'fail', ...all('skip', BEHIND_UNSIGNED) },
    { diagnosis: ['wrong-path'] },
  ),
  broken(
    'HEAD is not allowed',
    { head: (response) => void response.writeHead(405).end() },
    { 'endpoint/head': 'fail' },
    { diagnosis: ['head-refused'] },
  ),
  broken(
    'HEAD is asked for a signature',
    { head: (response) => void response.writeHead(401).end() },
    { 'endpoint/head': 'fail' },
    { diagnosis: ['head-refused'] },
  ),
  broken(
    'a slash is added by a redirect',
    {
      before: ({ url }, response) => isWebhook(url) && redirected(response, 308, `${PATH}/`),
    },
    { 'http/no-redirect': 'fail', ...all('skip', BEHIND_REDIRECT) },
    { diagnosis: ['redirected'] },
  ),
  broken(
    'a login page for everything',
    {
      before: (_, response) => redirected(response, 302, '/login'),
    },
    { 'health/app': 'warn', 'health/intercom': 'warn', 'http/no-redirect': 'fail', ...all('skip', BEHIND_REDIRECT) },
    { diagnosis: ['redirected'] },
  ),
  broken(
    'only HEAD is redirected',
    { head: (response) => void response.writeHead(301, { Location: 'https://propiq.example/' }).end() },
    { 'http/no-redirect': 'fail', 'endpoint/head': 'skip' },
    { diagnosis: ['redirected'] },
  ),
  broken(
    'basic auth in front of it',
    {
      before(_, response) {
        response.setHeader('WWW-Authenticate', 'Basic realm="staging"');
        page(response, 401, 'Authorization Required');
        return true;
      },
    },
    { ...NO_HEALTH, 'endpoint/reaches-receiver': 'fail', ...all('skip', BEHIND_WALL) },
    { diagnosis: ['wall'] },
  ),
  broken(
    'a wall that refuses every path alike',
    {
      before(_, response) {
        page(response, 403, 'Access denied');
        return true;
      },
    },
    { ...NO_HEALTH, 'endpoint/reaches-receiver': 'fail', ...all('skip', BEHIND_WALL) },
    { diagnosis: ['wall'] },
  ),
  broken(
    'a wall that lets Intercom through, and not this tool',
    {
      before({ headers, url }, response) {
        if (!isWebhook(url) || headers['user-agent']?.startsWith('intercom-parrot') === true) return false;
        response.setHeader('WWW-Authenticate', 'Bearer');
        answer(response, 401, { detail: 'bots keep out' });
        return true;
      },
    },
    { 'endpoint/reaches-receiver': 'warn' },
    { exitCode: 0 },
  ),
  broken(
    'answers everything but POST',
    {
      before(request) {
        if (request.method === 'POST') request.resume();
        return request.method === 'POST';
      },
    },
    { 'endpoint/reaches-receiver': 'fail', ...all('skip', BEHIND_WALL) },
    { timeoutMs: 400, diagnosis: ['endpoint/reaches-receiver'] },
  ),
  broken(
    'runs without its secret, answers POST with 503 and says nothing',
    {
      before(request, response) {
        if (request.method === 'POST') answered(response, 503, {});
        return request.method === 'POST';
      },
    },
    { 'endpoint/configured': 'fail', ...all('skip', BEHIND_CONFIGURED) },
    { diagnosis: ['secret-missing'] },
  ),
  broken(
    'runs without its secret, and says so',
    {
      intercomHealth: (response) => answer(response, 200, { status: 'degraded', intercom_configured: false }),
      beforeCheck: (response) => answered(response, 503, { detail: 'Intercom not configured' }),
    },
    { 'health/intercom': 'fail', 'endpoint/configured': 'fail', ...all('skip', BEHIND_CONFIGURED) },
    { diagnosis: ['secret-missing'] },
  ),
  broken(
    'says that Intercom is not configured, although it works',
    { intercomHealth: (response) => answer(response, 200, { status: 'healthy', intercom_configured: false }) },
    { 'health/intercom': 'fail' },
  ),
  broken(
    'a front end answers the health route',
    { health: (response) => page(response, 200, 'Welcome') },
    { 'health/app': 'fail' },
  ),
  broken('the health route breaks', { health: (response) => answer(response, 500, {}) }, { 'health/app': 'fail' }),
  broken(
    'the health route asks for a login',
    { health: (response) => answer(response, 401, {}) },
    { 'health/app': 'fail' },
  ),
  ...[
    socketReceiver('takes connections and says nothing', () => undefined, SILENT),
    socketReceiver(
      'sends half a header, and then nothing',
      (socket) => void socket.write('HTTP/1.1 200 OK\r\nContent-Ty'),
      SILENT,
    ),
  ].map((receiver) => Object.assign(receiver, { diagnosis: ['http/no-redirect'] })), // told by three checks in the same words

  socketReceiver(
    'closes every connection',
    (socket) => void socket.destroy(),
    { 'http/no-redirect': 'error', 'health/app': 'skip', 'health/intercom': 'skip', ...all('skip', BEHIND_REDIRECT) },
    3,
  ),
  socketReceiver(
    'speaks another protocol',
    (socket) => void socket.end('220 mail.example ESMTP\r\n'),
    { 'http/no-redirect': 'error', 'health/app': 'skip', 'health/intercom': 'skip', ...all('skip', BEHIND_REDIRECT) },
    3,
  ),
  {
    name: 'nothing listens there',
    exitCode: 3,
    differs: {
      'tcp/connects': 'error',
      'http/no-redirect': 'skip',
      'health/app': 'skip',
      'health/intercom': 'skip',
      ...all('skip', BEHIND_REDIRECT),
    },
    async start(): Promise<Running> {
      const { url, close } = await listen(createServer());
      await close();
      return { url, close: async () => undefined };
    },
  },
];

function socketReceiver(
  name: string,
  behave: (socket: Socket) => void,
  differs: Receiver['differs'],
  exitCode: 1 | 3 = 1,
): Receiver {
  return {
    name,
    differs,
    exitCode,
    // those that end by themselves are given the time that a busy machine takes
    timeoutMs: exitCode === 3 ? PATIENT_MS : SHORT_MS,
    async start() {
      const sockets = new Set<Socket>();
      const server = createServer((socket) => {
        sockets.add(socket);
        socket.on('error', () => undefined);
        socket.once('data', () => behave(socket));
        socket.resume();
      });
      const running = await listen(server);
      return {
        url: running.url,
        close() {
          for (const socket of sockets) socket.destroy();
          return running.close();
        },
      };
    },
  };
}
