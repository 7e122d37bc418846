import type { Exchange } from '../../../base/ports.ts';
import { decodeUtf8 } from '../../../base/text.ts';
import type { Secret } from '../../../base/secret.ts';
import { signNotification } from '../../../intercom/signature.ts';
import { BOTH_ALGORITHMS, defineCheck, fail, pass, skip } from '../../check.ts';
import { isSuccess } from '../../outcome.ts';
import { unsignedPost, wrongSecretPing } from '../../requests.ts';
import { RECEIVING } from '../needs.ts';

type Leak = 'digest' | 'secret' | 'trace';

/** An answer that helps to debug helps to forge as well. */
export const noSignatureLeak = defineCheck({
  id: 'endpoint/no-signature-leak',
  title: 'A refusal tells nothing that helps to forge',
  kind: 'open',
  needs: RECEIVING,
  after: [
    'endpoint/unsigned-rejected',
    'endpoint/wrong-secret-rejected',
    'endpoint/tampered-rejected',
    'endpoint/malformed-signature-rejected',
    'endpoint/empty-key-rejected',
    'endpoint/placeholder-key-rejected',
  ],
  async observe(probes) {
    await Promise.all([probes.once(unsignedPost), probes.once(wrongSecretPing.sha1)]);
    const { url, signing } = probes.target;
    const refusals = probes
      .seen()
      .filter(
        ({ request, status }) => request.method === 'POST' && request.url.href === url.href && !isSuccess(status),
      );
    const leaks = new Set(refusals.flatMap((refusal) => leaksOf(refusal, signing.secret)));
    return { refusals: refusals.length, leaks, knowsSecret: signing.secret !== undefined };
  },
  judge({ refusals, leaks, knowsSecret }) {
    const expected = 'a constant answer';
    if (leaks.has('secret')) {
      return fail('A refusal contains the secret itself. Whoever has asked can forge every notification.', {
        expected,
        actual: 'the secret',
        remedy: 'Answer every refusal with the same short text, and replace the secret: it has to be taken for known.',
      });
    }
    if (leaks.has('digest')) {
      return fail(
        'A refusal contains the right signature of the body that was sent: who asks once can then forge it.',
        {
          expected,
          actual: 'the right signature',
          remedy: 'Answer every refusal with the same short text; write what was expected to the log, if at all.',
        },
      );
    }
    if (leaks.has('trace')) {
      return fail('A refusal contains a stack trace: it shows paths, versions and code to everybody.', {
        expected,
        actual: 'a stack trace',
        remedy: 'Switch off the debug mode of the framework in the deployment, and answer refusals with a short text.',
      });
    }
    if (refusals === 0) return skip('There was no refusal to look at.');
    return pass(knowsSecret ? 'nothing found' : 'no stack trace; without the secret its digest cannot be looked for');
  },
  explain: {
    why: 'An answer such as "expected sha1=…" gives away the right signature of any body that one cares to send: no secret is needed any more. A stack trace shows how the receiver is built.',
    fix: 'Answer every refusal with the same short text, such as {"detail":"Invalid signature"}. Details belong in the log.',
    source: 'https://github.com/adnanh/webhook/issues/83 (a product that did so)',
  },
});

function leaksOf({ request, headers, body }: Exchange, secret: Secret | undefined): readonly Leak[] {
  const head = headers.map(([name, value]) => `${name}: ${value}`).join('\n');
  const text = `${head}\n${decodeUtf8(body.subarray(0, SEARCHED_BYTES))}`;
  const leaks: Leak[] = [];
  if (secret && contains(text, [decodeUtf8(secret.reveal())])) leaks.push('secret');
  const sent = request.headers.map(([, value]) => value).join('\n');
  const unknown = secret
    ? digestSpellings(request.body ?? new Uint8Array(), secret).filter((one) => !sent.includes(one))
    : [];
  if (contains(text, unknown)) leaks.push('digest'); // what was sent may be echoed: it is no news
  if (STACK_TRACES.some((pattern) => pattern.test(text))) leaks.push('trace');
  return leaks;
}

/** Of a body; a refusal that says more is not written by hand. */
const SEARCHED_BYTES = 16_384;
/** Shorter ones stand in every other text by chance. */
const SHORTEST = 8;

function contains(text: string, parts: readonly string[]): boolean {
  return parts.some((part) => part.length >= SHORTEST && text.includes(part));
}

function digestSpellings(body: Uint8Array, secret: Secret): readonly string[] {
  return BOTH_ALGORITHMS.flatMap((algorithm) => {
    const hex = signNotification(body, secret, algorithm).slice(algorithm.length + 1);
    const bytes = Buffer.from(hex, 'hex');
    return [hex, hex.toUpperCase(), bytes.toString('base64').replace(/=+$/, ''), bytes.toString('base64url')];
  });
}

/** Python, Node, Java, .NET, PHP, Ruby, Go. Every repetition is bounded: what is searched was written by strangers. */
const STACK_TRACES: readonly RegExp[] = [
  /Traceback \(most recent call last\)/,
  /File (?:"|&quot;)[^"&\n]{1,200}(?:"|&quot;), line \d{1,9}, in /,
  /(?:\n|\\n|<br>|&nbsp;)\s{0,40}at (?:async )?(?:[^\n(]{1,80} \()?(?:file:|node:|\/|[A-Za-z]:\\)[^\n)]{0,200}:\d{1,9}:\d/,
  /(?:\s|\\t)at [\w$.<>]{1,200}\([\w$]{1,100}\.(?:java|kt|scala):\d/,
  /(?:\s|\\[nr])\s{0,40}at [\w.<>`]{1,200}\([^)\n]{0,200}\) in [^\n]{1,200}:line \d/,
  /#0 [^\n]{0,200}\.php\(\d{1,9}\)/,
  /\.rb:\d{1,9}:in [`']/,
  /goroutine \d{1,9} \[running\]/,
];
