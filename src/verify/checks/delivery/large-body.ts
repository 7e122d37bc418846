import { REFUSALS } from '../../../diagnosis/trials.ts';
import { AppError } from '../../../base/errors.ts';
import type { JsonObject } from '../../../base/json.ts';
import type { Exchange } from '../../../base/ports.ts';
import { defineCheck, fail, pass, skip, type Verdict, warn } from '../../check.ts';
import { compact, ping } from '../../notifications.ts';
import { isDelivered, isAnswer, type Outcome, showOutcome } from '../../outcome.ts';
import type { Kit } from '../../probes.ts';
import { algorithmFor, rightly } from '../../requests.ts';
import { throttled } from '../../throttled.ts';
import { STEADY } from '../needs.ts';

const ID = 'delivery/large-body';
const LARGE_BYTES = 300 * 1024;
const SENTENCE = 'This is a ping notification test message. ';
/** Three bytes each, so that hardly a piece of a body ends between two of them. */
const LETTERS = '\u20ac';

interface Seen {
  readonly plain: Outcome | undefined;
  /** The same with letters beyond ASCII, where a small one with them is accepted. */
  readonly lettered?: Outcome | undefined;
}

/** A conversation with long messages outgrows the 100 kB default of common body parsers. */
export const largeBody = defineCheck<Seen>({
  id: ID,
  title: 'A notification of 300 kB is accepted',
  kind: 'signed',
  needs: STEADY,
  async observe(probes) {
    const algorithm = await algorithmFor(probes);
    const sent = async (build: (kit: Kit) => Uint8Array): Promise<Outcome | undefined> => {
      const request = probes.buildSigned(rightly(ID, build, algorithm));
      return request && probes.send(ID, request);
    };
    const plain = await sent((kit) => pingOf(kit, SENTENCE, LARGE_BYTES));
    if (plain instanceof AppError && plain.code !== 'net/reset') throw plain;
    if (!isDelivered(plain) || !isDelivered(await sent((kit) => pingOf(kit, LETTERS, 0)))) return { plain };
    return { plain, lettered: await sent((kit) => pingOf(kit, LETTERS, LARGE_BYTES)) };
  },
  judge: ({ plain, lettered }) => (isTorn(lettered) ? torn(lettered) : judgeLarge(plain)),
  explain: {
    why: 'No limit is documented. Conversations and tickets grow with their history, and the body parsers of many frameworks stop at 100 kB, proxies at 1 MB. What is too large is lost after the second try.',
    fix: 'Raise the limit of this route to 1 MB at least: express.raw({ type: "*/*", limit: "2mb" }), bodyLimit in Fastify, client_max_body_size in nginx.',
    source: 'not documented by Intercom; the limits: documentation of Express, Fastify and nginx',
  },
});

/** A ping whose message repeats a text, once at least. */
function pingOf(kit: Kit, text: string, bytes: number): Uint8Array {
  const body: JsonObject = ping(kit);
  const message = text.repeat(Math.max(1, Math.ceil(bytes / Buffer.byteLength(text))));
  return compact({ ...body, data: { type: 'notification_event_data', item: { type: 'ping', message } } });
}

function isTorn(lettered: Outcome | undefined): lettered is Exchange {
  return isAnswer(lettered) && REFUSALS.has(lettered.status);
}

/** Small ones of the same letters pass, and large ones without them. */
function torn({ status }: Exchange): Verdict {
  return fail(
    `A rightly signed notification of 300 kB with letters beyond ASCII is answered with ${status}; a small one, and a large one without them, are accepted. A large body comes in several pieces, and a letter that lies across two of them is lost.`,
    {
      expected: '2xx',
      actual: String(status),
      remedy:
        'Join the pieces as bytes and decode them afterwards. In Node: parts.push(part), then Buffer.concat(parts), in place of body += part; in a loop over a stream likewise.',
    },
  );
}

const READ_ALL =
  'A large body comes in several pieces: read all of them before the HMAC is computed, not the first one only.';
const LIMIT_OF_400 =
  'A limit on bodies may answer 400 too: raise DATA_UPLOAD_MAX_MEMORY_SIZE in Django, max_body_size in Tornado, the limit of http.MaxBytesReader in Go, to 1 MB at least. Else: ';

function judgeLarge(outcome: Outcome | undefined): Verdict {
  if (outcome === undefined) return skip('Nothing could be signed.');
  if (isDelivered(outcome)) return pass(`answered with ${showOutcome(outcome)}`);
  const limited = throttled([outcome]);
  if (limited) return limited;
  const answer = { expected: '2xx', actual: showOutcome(outcome) };
  const isTooLarge = !isAnswer(outcome) || outcome.status === 413;
  if (isTooLarge) {
    return warn(`A notification of 300 kB is too large for the receiver (${answer.actual}).`, {
      ...answer,
      remedy: 'Raise the body limit of this route to 1 MB at least: conversations and tickets grow with their history.',
    });
  }
  return fail(`A rightly signed notification of 300 kB is answered with ${answer.actual}.`, {
    ...answer,
    remedy:
      isAnswer(outcome) && REFUSALS.has(outcome.status)
        ? `${outcome.status === 400 ? LIMIT_OF_400 : ''}${READ_ALL}`
        : 'Look in the log of the receiver: a large body must be accepted like a small one, or refused with 413.',
  });
}
