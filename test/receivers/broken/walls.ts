import type { Habits, Receiver } from '../receiver.ts';
import { all, BEHIND_WALL, broken, PATH } from '../receiver.ts';

/** The shape of an answer that was seen, or that its vendor documents; ids in it are made up. */
interface Shape {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

const HTML = { 'Content-Type': 'text/html; charset=utf-8' };
const page = (status: number, body: string, headers: Readonly<Record<string, string>> = {}): Shape => ({
  status,
  headers: { ...HTML, ...headers },
  body: `<!doctype html><html><body>${body}</body></html>`,
});

/** By what stands there. */
const SHAPES: Readonly<Record<string, Shape>> = {
  'Azure Easy Auth': {
    status: 401,
    headers: {
      'WWW-Authenticate': 'Bearer realm="receiver.example.com"',
      'x-ms-middleware-request-id': 'a2e2bf7d-0000-4197-a9ce-000000000000',
    },
  },
  'an Azure app that is stopped': page(403, '<h1>Error 403 - This web app is stopped.</h1>'),
  "Azure's placeholder": page(200, '<h2>Your web app is running and waiting for your content</h2>'),
  'Vercel Deployment Protection': page(401, '<a href="https://vercel.com/sso-api?url=x">Authentication Required</a>', {
    'Set-Cookie': '_vercel_sso_nonce=made-up; Path=/; HttpOnly',
  }),
  "Vercel's firewall": page(429, 'Vercel Security Checkpoint', { 'x-vercel-mitigated': 'challenge' }),
  'a Vercel deployment that is gone': {
    status: 404,
    headers: { 'x-vercel-error': 'DEPLOYMENT_NOT_FOUND' },
    body: 'The deployment could not be found on Vercel.',
  },
  'Cloudflare Access that refuses': page(403, 'Forbidden', { 'Cf-Access-Aud': 'made-up', 'Cf-Access-Domain': 'x' }),
  'a challenge of Cloudflare': page(403, '<title>Just a moment...</title>', { 'cf-mitigated': 'challenge' }),
  "a block by Cloudflare's firewall": {
    status: 403,
    headers: { 'Content-Type': 'text/plain' },
    body: 'error code: 1020',
  },
  'a Cloudflare tunnel that is down': {
    status: 530,
    headers: { 'Content-Type': 'text/plain' },
    body: 'error code: 1033',
  },
  "ngrok's page for browsers": page(200, 'You are about to visit', { 'ngrok-error-code': 'ERR_NGROK_6024' }),
  'an ngrok tunnel that is down': page(404, 'ERR_NGROK_3200', { 'ngrok-error-code': 'ERR_NGROK_3200' }),
  localtunnel: page(511, 'Tunnel Password: <a href="https://loca.lt/mytunnelpassword">see</a>'),
  'AWS WAF, which answers 202': { status: 202, headers: { 'x-amzn-waf-action': 'challenge' } },
  Akamai: page(403, 'Access Denied. Reference #18.1 https://errors.edgesuite.net/18.1'),
  DataDome: {
    status: 403,
    headers: { 'Content-Type': 'application/json', 'X-DataDome': 'protected' },
    body: '{"url":"https://geo.captcha-delivery.com/captcha/?x"}',
  },
  Imperva: page(403, 'Request unsuccessful. Incapsula incident ID: 1-2'),
  'a Heroku app that does not run': page(503, '<iframe src="//www.herokucdn.com/error-pages/application-error.html">'),
  'no Heroku app': page(404, '<iframe src="//www.herokucdn.com/error-pages/no-such-app.html">'),
  'a Render service without an instance': {
    status: 404,
    headers: { 'x-render-routing': 'no-server' },
    body: 'Not Found',
  },
  'a Railway service without an instance': {
    status: 502,
    headers: { 'x-railway-fallback': 'true', 'Content-Type': 'application/json' },
    body: '{"status":"error","code":502,"message":"Application failed to respond"}',
  },
  'no Netlify site': { status: 404, headers: { Server: 'Netlify' }, body: 'Not Found - Request ID: made-up' },
  "nginx's 502, as nothing runs behind it": page(
    502,
    '<center><h1>502 Bad Gateway</h1></center><hr><center>nginx/1.22.1</center>',
  ),
  "nginx's 403, by a rule": page(403, '<center><h1>403 Forbidden</h1></center><hr><center>nginx</center>'),
  'GitHub Pages': page(404, "There isn't a GitHub Pages site here."),
};

const answering =
  ({ status, headers = {}, body = '' }: Shape): Habits['before'] =>
  (request, response) => {
    if (request.url !== PATH) return false;
    response.writeHead(status, headers).end(request.method === 'HEAD' ? undefined : body);
    return true;
  };

const NOTHING_RUNS =
  /stopped|placeholder|gone|tunnel that is|not run|no Heroku|without an instance|no Netlify|nothing runs|GitHub Pages/;

/** What answers in place of the receiver. */
export const walls: readonly Receiver[] = Object.entries(SHAPES).map(([name, shape]) =>
  broken(
    `in front: ${name}`,
    { before: answering(shape) },
    { 'endpoint/reaches-receiver': 'fail', ...all('skip', BEHIND_WALL) },
    { diagnosis: [NOTHING_RUNS.test(name) ? 'not-running' : 'wall'] },
  ),
);
