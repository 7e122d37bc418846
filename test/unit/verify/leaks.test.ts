import { describe, expect, test } from 'vitest';
import { type Exchange, headerValue } from '../../../src/base/ports.ts';
import { signNotification } from '../../../src/intercom/signature.ts';
import { CHECKS } from '../../../src/verify/checks/index.ts';
import { exchange } from '../../support/exchanges.ts';
import { reportFrom, type Script, scriptedRun } from '../../support/scripted.ts';

const SECRET = 'not-a-real-key';

async function judged(script: Script): Promise<{ status: string | undefined; message: string | undefined }> {
  const { events } = scriptedRun(CHECKS, { script, secret: SECRET, only: ['endpoint/no-signature-leak'] });
  const { checks } = await reportFrom(events);
  return { status: checks[0]?.status, message: checks[0]?.message };
}

const refusing =
  (body: string): Script =>
  () =>
    exchange(401, { body });

describe('endpoint/no-signature-leak', () => {
  test.each([
    ['Python', 'Traceback (most recent call last):\n  File "/srv/app/main.py", line 12, in webhook\n    raise'],
    ['Python in HTML', 'File &quot;/srv/app/main.py&quot;, line 12, in webhook'],
    ['Node', 'Error: no\n    at check (/srv/app/index.js:10:5)'],
    ['Node in JSON', String.raw`{"stack":"Error: no\n    at async file:///srv/app/index.js:10:5"}`],
    ['Express in HTML', 'Error: no<br> &nbsp; &nbsp;at check (/srv/app/index.js:10:5)'],
    ['Java', 'java.lang.IllegalStateException\n\tat com.example.Hook.post(Hook.java:31)'],
    ['.NET', '   at App.Hook.Post(String body) in /src/Hook.cs:line 31'],
    ['Java in JSON', String.raw`{"trace":"Failure\n\tat com.example.Hook.post(Hook.java:31)"}`],
    ['.NET in JSON', String.raw`{"trace":"Failure\r\n   at App.Hook.Post(String body) in /src/Hook.cs:line 31"}`],
    ['PHP', '#0 /srv/app/public/index.php(12): check()'],
    ['Ruby', "/srv/app/hook.rb:31:in `post'"],
    ['Go', 'goroutine 18 [running]:\nmain.hook()'],
  ])('a stack trace of %s is found', async (_, body) => {
    expect(await judged(refusing(body))).toMatchObject({
      status: 'fail',
      message: expect.stringContaining('stack trace') as string,
    });
  });

  test.each([
    '{"detail":"Invalid signature"}',
    '{"detail":"refused at 12:30:45","path":"/intercom/webhook:1:2"}',
    '<p>Look at /docs/webhooks at 10:20:30 for more.',
    'Sat, 23 Nov 2026 at noon in hook.rb',
  ])('%s is no leak', async (body) => expect((await judged(refusing(body))).status).toBe('pass'));

  test.each([
    ['the secret', () => SECRET, 'the secret itself'],
    ['the right sha1', (body: Uint8Array) => signNotification(body, SECRET), 'right signature'],
    [
      'the right sha256 in capitals',
      (body: Uint8Array) => signNotification(body, SECRET, 'sha256').slice(7).toUpperCase(),
      'right signature',
    ],
    [
      'the right digest in base64',
      (body: Uint8Array) => Buffer.from(signNotification(body, SECRET).slice(5), 'hex').toString('base64'),
      'right signature',
    ],
  ])('%s is found, in the body and in a header', async (_, told, message) => {
    const inBody: Script = ({ body = new Uint8Array() }) => exchange(401, { body: `expected ${told(body)}` });
    const inHeader: Script = ({ body = new Uint8Array() }) => exchange(401, { headers: [['X-Expected', told(body)]] });
    for (const script of [inBody, inHeader]) {
      expect(await judged(script)).toMatchObject({
        status: 'fail',
        message: expect.stringContaining(message) as string,
      });
    }
  });

  test('what was sent may be echoed', async () => {
    const echo: Script = ({ headers }): Exchange =>
      exchange(401, { body: `got ${headerValue(headers, 'x-hub-signature') ?? 'nothing'}` });
    expect((await judged(echo)).status).toBe('pass');
  });

  test.each(['x', 'not ', ' at ', 'File "', '#0 ', '\n    at /', '.rb:', ' at a.', 'a.a(', '&nbsp; '])(
    'an answer made of %j does not hold the run up',
    async (part) => {
      expect((await judged(refusing(part.repeat(65_536 / part.length)))).status).toBe('pass');
    },
    2000,
  );
});
