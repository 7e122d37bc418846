import { describe, expect, test } from 'vitest';
import type { Exchange, HttpRequest } from '../../../src/base/ports.ts';
import { headerValue } from '../../../src/base/ports.ts';
import { CHECKS } from '../../../src/verify/checks/index.ts';
import { wallOf } from '../../../src/verify/walls.ts';
import { exchange, html, json, noAnswer } from '../../support/exchanges.ts';
import { reportFrom, type ScriptedRun, scriptedRun } from '../../support/scripted.ts';

interface Answers {
  readonly post: Exchange;
  readonly health?: Exchange;
  readonly random?: Exchange;
  /** To a POST with the User-Agent of Intercom's deliveries. */
  readonly asIntercom?: Exchange;
}

async function judged(answers: Answers, options: ScriptedRun = {}): Promise<string | undefined> {
  const script = ({ method, url, headers }: HttpRequest): Exchange => {
    const isIntercom = headerValue(headers, 'user-agent')?.startsWith('intercom-parrot') === true;
    if (method === 'POST') return (isIntercom && answers.asIntercom) || answers.post;
    return (url.pathname === '/health' ? answers.health : answers.random) ?? exchange(404);
  };
  const { events } = scriptedRun(CHECKS, { script, only: ['endpoint/reaches-receiver'], ...options });
  return (await reportFrom(events)).checks[0]?.status;
}

const asking = (scheme: string, status = 401): Exchange =>
  exchange(status, { headers: [['WWW-Authenticate', scheme]] });

describe('what vendors set on every answer is no mark', () => {
  test.each<[string, Exchange]>([
    [
      'Cloudflare',
      exchange(401, {
        headers: [
          ['Server', 'cloudflare'],
          ['CF-RAY', '8f-FRA'],
          ['cf-cache-status', 'DYNAMIC'],
        ],
      }),
    ],
    [
      'Vercel',
      exchange(401, {
        headers: [
          ['Server', 'Vercel'],
          ['x-vercel-id', 'fra1::x'],
          ['x-vercel-cache', 'MISS'],
        ],
      }),
    ],
    ['Vercel, a function that broke', exchange(500, { headers: [['x-vercel-error', 'FUNCTION_INVOCATION_FAILED']] })],
    ['Azure, signed in or open', exchange(401, { headers: [['x-ms-middleware-request-id', 'x']] })],
    ['Azure, a cookie of its balancer', exchange(401, { headers: [['Set-Cookie', 'ARRAffinity=x']] })],
    ['DataDome', exchange(401, { headers: [['X-DataDome', 'protected']] })],
    [
      'Imperva',
      exchange(401, {
        headers: [
          ['X-Iinfo', '1-2-3'],
          ['Set-Cookie', 'visid_incap_1=x'],
        ],
      }),
    ],
    ['Akamai', exchange(403, { headers: [['Server', 'AkamaiGHost']], body: 'Access Denied' })],
    [
      'Render',
      exchange(404, {
        headers: [
          ['x-render-origin-server', 'uvicorn'],
          ['rndr-id', 'x'],
        ],
      }),
    ],
    [
      'Railway',
      exchange(404, {
        headers: [
          ['server', 'railway-edge'],
          ['x-railway-edge', 'x'],
        ],
      }),
    ],
    [
      'Fly',
      exchange(401, {
        headers: [
          ['fly-request-id', 'x'],
          ['server', 'Fly/x'],
        ],
      }),
    ],
    [
      'Netlify',
      exchange(404, {
        headers: [
          ['Server', 'Netlify'],
          ['x-nf-request-id', 'x'],
        ],
        body: 'Not Found',
      }),
    ],
    ['nginx', exchange(502, { headers: [['Server', 'nginx']], body: '<h1>502 Bad Gateway</h1>' })],
    ['a framework', html(404)],
  ])('%s', (_name, answer) => expect(wallOf(answer)).toBeUndefined());
});

test.each<[string, string]>([
  ['https://team.cloudflareaccess.com/cdn-cgi/access/login/x', 'Cloudflare'],
  ['https://vercel.com/sso-api?url=x', 'Vercel'],
  ['https://global.rel.tunnels.api.visualstudio.com/auth', 'Microsoft dev tunnels'],
])('a redirect to %s is told by its vendor', (location, vendor) => {
  expect(wallOf(exchange(302, { headers: [['Location', location]] }))?.vendor).toBe(vendor);
});

test('Azure redirects browsers to its sign-in', () => {
  const headers = [
    ['Location', 'https://login.microsoftonline.com/x'],
    ['x-ms-middleware-request-id', 'x'],
  ] as const;
  expect(wallOf(exchange(302, { headers }))?.what).toContain('Easy Auth');
});

describe('endpoint/reaches-receiver', () => {
  test.each<[string, Answers, string]>([
    ['a plain refusal', { post: json(401, {}) }, 'pass'],
    ['a refusal in HTML', { post: html(401) }, 'pass'],
    ['a missing route', { post: html(404), health: html(404), random: html(404) }, 'pass'],
    ['an open receiver', { post: exchange(200) }, 'pass'],
    ['basic auth', { post: asking('Basic realm="x"') }, 'fail'],
    ['a bearer login', { post: asking('bearer') }, 'fail'],
    ['a login with 403', { post: asking('Basic', 403) }, 'fail'],
    ['a scheme of its own', { post: asking('Signature') }, 'pass'],
    ['everything refused alike', { post: json(401, {}), health: json(401, {}), random: json(401, {}) }, 'fail'],
    ['everything forbidden alike', { post: html(403), health: html(403), random: html(403) }, 'fail'],
    ['a path that cannot exist answered otherwise', { post: json(401, {}), health: json(401, {}) }, 'pass'],
    [
      'a health route answered otherwise',
      { post: json(401, {}), health: exchange(200), random: json(401, {}) },
      'pass',
    ],
    ['refusals of different kinds', { post: json(401, {}), health: html(401), random: html(401) }, 'pass'],
    ['a wall that lets Intercom through', { post: asking('Basic'), asIntercom: json(401, {}) }, 'warn'],
    [
      'a wall for everything that lets Intercom through',
      { post: html(403), health: html(403), random: html(403), asIntercom: json(401, {}) },
      'warn',
    ],
    [
      'a challenge that lets Intercom through',
      { post: exchange(403, { headers: [['cf-mitigated', 'challenge']] }), asIntercom: json(401, {}) },
      'warn',
    ],
    ['a challenge for everybody', { post: exchange(403, { headers: [['cf-mitigated', 'challenge']] }) }, 'fail'],
  ])('%s is a %s', async (_, answers, status) => expect(await judged(answers)).toBe(status));

  test('a rightly signed ping that is accepted proves that there is no wall', async () => {
    const script = ({ headers }: HttpRequest): Exchange =>
      headerValue(headers, 'x-hub-signature')?.startsWith('sha256=') === true ? exchange(200) : asking('Bearer');
    expect(await judged({ post: exchange(200) }, { script, secret: 'not-a-real-key' })).toBe('pass');
  });

  test('a receiver that does not answer is not called walled', async () => {
    const script = (): never => {
      throw noAnswer('net/no-answer');
    };
    expect(await judged({ post: exchange(200) }, { script })).toBe('fail');
  });
});
