import type { JsonObject } from '../../../base/json.ts';
import { defineCheck, fail, pass, type Verdict } from '../../check.ts';
import { bytesOf, ping } from '../../notifications.ts';
import { isDelivered, type Outcome, showOutcomes, someAnswered } from '../../outcome.ts';
import { algorithmFor, rightly, sendAgain } from '../../requests.ts';
import { throttled } from '../../throttled.ts';
import { DELIVERING } from '../needs.ts';

const ID = 'signature/raw-body';

/** Parsing and printing a body again gives other bytes than those that were signed. */
export const rawBody = defineCheck({
  id: ID,
  title: 'The signature is checked over the raw body',
  kind: 'signed',
  needs: DELIVERING,
  async observe(probes) {
    const algorithm = await algorithmFor(probes);
    const requests = Object.entries(SPELLINGS).flatMap(([name, spell]) => {
      const request = probes.buildSigned(rightly(ID, (kit) => bytesOf(spell(ping(kit))), algorithm));
      return request ? [{ name, request }] : [];
    });
    const outcomes = await Promise.all(requests.map(({ request }) => probes.send(ID, request)));
    someAnswered(outcomes);
    const spellings = outcomes.map((outcome, at): readonly [string, Outcome] => [requests[at]?.name ?? '', outcome]);
    if (outcomes.every(isDelivered)) return { spellings, controls: [], again: [] };
    const refused = requests.filter((_, at) => !isDelivered(outcomes[at])).map(({ request }) => request);
    const controls = await sendAgain(probes, algorithm);
    return { spellings, controls, again: await probes.sendTogether(ID, refused) };
  },
  judge: judgeSpellings,
  explain: {
    why: 'Intercom signs the bytes that it sends. Their spelling is not documented: captured deliveries of earlier years have a space before each colon and line breaks, and names and messages hold accents and emoji. A receiver that signs JSON.stringify(req.body) or json.dumps(...) gets other bytes, so its digest differs.',
    fix: 'Keep the raw body: express.raw({ type: "*/*" }) on this route (or the verify callback of express.json), addContentTypeParser with parseAs "buffer" in Fastify, await request.body() in FastAPI, request.get_data() in Flask, request.body in Django. Parse only after the signature was found right.',
    source:
      'https://developers.intercom.com/docs/references/preview/webhooks/webhook-models (the body is signed); spacing: intercom/intercom-java src/test/resources/notification.json',
  },
});

interface Seen {
  readonly spellings: readonly (readonly [name: string, outcome: Outcome])[];
  /** Plain pings once more, where a spelling was refused. */
  readonly controls: readonly Outcome[];
  /** The refused ones once more. */
  readonly again: readonly Outcome[];
}

function judgeSpellings({ spellings, controls, again }: Seen): Verdict {
  const refused = spellings.filter(([, outcome]) => !isDelivered(outcome));
  if (refused.length === 0) return pass(`${spellings.length} spellings of JSON accepted`);
  const limited = throttled(refused.map(([, outcome]) => outcome));
  if (limited) return limited;
  const actual = showOutcomes(refused.map(([, outcome]) => outcome));
  const names = refused.map(([name]) => name).join(', ');
  const unsteady = [...controls.filter((one) => !isDelivered(one)), ...again.filter(isDelivered)];
  if (unsteady.length > 0) {
    return fail(`What is accepted one time is refused another (${showOutcomes(unsteady)}): the answers change.`, {
      expected: '2xx every time',
      actual: showOutcomes([...controls, ...again]),
      remedy:
        'Look whether all instances behind this address run the same code with the same secret; deploy again, and restart them all.',
    });
  }
  const soon =
    refused.length < spellings.length ? ' Plain bodies pass today; the first of that kind will be lost.' : '';
  return fail(`Rightly signed bodies are refused (${actual}) for their spelling: ${names}.${soon}`, {
    expected: '2xx to each',
    actual: `${actual} to ${names}`,
    remedy:
      'Compute the HMAC over the bytes as received, before any JSON parser: express.raw({ type: "*/*" }), await request.body() in FastAPI, request.get_data() in Flask.',
  });
}

/** A body in spellings that are all the same JSON. Names stand in the message, so they say what is unusual. */
const SPELLINGS: Readonly<Record<string, (body: JsonObject) => string>> = {
  'spaces and line breaks': (body) => JSON.stringify(body, null, 2).replaceAll('": ', '" : ').replaceAll('{}', '{ }'),
  'Windows line breaks': (body) => JSON.stringify(body, null, 1).replaceAll('\n', '\r\n'),
  'another order of keys': (body) => JSON.stringify(Object.fromEntries(Object.entries(body).reverse())),
  'escaped slashes': (body) => JSON.stringify(withMessage(body, 'a/b')).replaceAll('/', String.raw`\/`),
  'escaped letters': (body) => JSON.stringify(withMessage(body, 'Zoë')).replaceAll('ë', String.raw`\u00eb`),
  'accents and emoji': (body) => JSON.stringify(withMessage(body, 'Zoë 👋 – 你好')),
  'HTML, plus and percent signs': (body) => JSON.stringify(withMessage(body, '<b>1+1</b> & 100%25')),
  'a final line break': (body) => `${JSON.stringify(body)}\n`,
};

function withMessage(body: JsonObject, message: string): JsonObject {
  return { ...body, data: { type: 'notification_event_data', item: { type: 'ping', message } } };
}
