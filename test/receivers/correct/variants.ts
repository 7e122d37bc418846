import { answer, digest, isSame, isSigned, page, plainApp, type Receiver, SECRET, serveApp } from '../receiver.ts';
import type { Habits } from '../receiver.ts';

const correct = (name: string, habits: Partial<Habits>, differs: Receiver['differs'] = {}): Receiver => ({
  name,
  differs,
  exitCode: 0,
  start: () => serveApp(plainApp(habits)),
});

/** Right in ways of their own: none of these may be blamed. */
export const variants: readonly Receiver[] = [
  correct('refuses in HTML', {
    refuse: (response) => page(response, 401, 'Unauthorized'),
  }),
  correct(
    'has no health routes, and says so in HTML',
    {
      health: (response) => page(response, 404, 'Cannot GET'),
      intercomHealth: (response) => page(response, 404, 'Cannot GET'),
    },
    { 'health/app': 'warn', 'health/intercom': 'warn' },
  ),
  correct(
    'has health routes in words of its own',
    {
      health: (response) => answer(response, 200, { ok: true }),
      intercomHealth: (response) => answer(response, 200, { ok: true }),
    },
    { 'health/app': 'warn', 'health/intercom': 'warn' },
  ),
  correct(
    'has health routes that say OK and nothing, called HTML',
    {
      health: (response) => void response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' }).end('OK'),
      intercomHealth: (response) => void response.writeHead(200, { 'Content-Type': 'text/html' }).end(),
    },
    { 'health/app': 'warn', 'health/intercom': 'warn' },
  ),
  correct('accepts sha1 only, as Intercom signs', {
    isRight: ({ signature, body }) => isSame(signature, digest('sha1', SECRET, body)),
  }),
  correct('still accepts a previous secret', {
    isRight: ({ signature, body }) => isSigned(signature, body) || isSigned(signature, body, 'the-key-before-this-one'),
  }),
  correct('answers 202 without a body, and HEAD with 204', {
    accept: (response) => void response.writeHead(202).end(),
    head: (response) => void response.writeHead(204).end(),
  }),
  correct('closes every connection', {
    before(_, response) {
      response.setHeader('Connection', 'close');
      return false;
    },
  }),
  correct('decodes the hex of the header, so that characters after it do not matter', {
    isRight({ signature = '', body }) {
      const [algorithm = '', hex = ''] = signature.split('=');
      if (algorithm !== 'sha1' && algorithm !== 'sha256') return false;
      const [given, right] = [hex, digest(algorithm, SECRET, body).slice(algorithm.length + 1)].map((text) =>
        Buffer.from(text, 'hex'),
      );
      return given?.equals(right ?? Buffer.alloc(0)) ?? false;
    },
  }),
  correct('names its scheme in the refusal', {
    refuse(response) {
      response.setHeader('WWW-Authenticate', 'Signature headers="x-hub-signature"');
      answer(response, 401, { detail: 'at 12:30:05 the signature was wrong' });
    },
  }),
  correct('echoes in its refusal what it was sent', {
    refuse: (response, { signature, body }) =>
      answer(response, 401, { received: signature ?? null, body: body.toString() }),
  }),
  correct('stores notifications, and knows a duplicate', {
    ...storing(),
  }),
];

function storing(): Partial<Habits> {
  const ids = new Set<unknown>();
  return {
    accept(response, { body }) {
      const { id } = JSON.parse(body.toString()) as { id: unknown };
      const isKnown = id !== null && ids.has(id);
      ids.add(id);
      answer(response, 200, { status: isKnown ? 'duplicate' : 'received' });
    },
  };
}
