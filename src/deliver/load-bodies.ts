import type { Random } from '../base/ports.ts';
import type { Delivery } from './compose.ts';

/** The notification to be sent as the `at`-th, from 0. */
export type LoadSource = (at: number) => Delivery;

interface Template {
  readonly delivery: Delivery;
  /** What stands before and after the id; undefined where the id is to stay, or there is none (ping). */
  readonly around: readonly [before: Buffer, after: Buffer] | undefined;
}

/**
 * The deliveries in turn, for ever, each with an id of its own. Composing a sample anew would cost more than signing and
 * sending it, so only the id is exchanged.
 * @param keepsIds where the ids were chosen by the user
 */
export function createLoadSource(deliveries: readonly Delivery[], random: Random, keepsIds: boolean): LoadSource {
  const uuid = createUuids(random);
  const templates = deliveries.map((delivery): Template => ({
    delivery,
    around: keepsIds ? undefined : cut(delivery),
  }));
  return (at) => {
    const template = templates[at % templates.length] as Template;
    if (template.around === undefined) return template.delivery;
    const id = `notif_${uuid()}`;
    const [before, after] = template.around;
    return { ...template.delivery, notificationId: id, body: Buffer.concat([before, Buffer.from(id), after]) };
  };
}

/** Around the last place of the id: in Intercom's order of fields the notification's own stands behind its data. */
function cut({ notificationId, body }: Delivery): Template['around'] {
  if (notificationId === null) return undefined;
  const bytes = Buffer.from(body);
  const quoted = Buffer.from(JSON.stringify(notificationId));
  const at = bytes.lastIndexOf(quoted);
  return at === -1 ? undefined : [bytes.subarray(0, at + 1), bytes.subarray(at + quoted.length - 1)];
}

const UUID_BYTES = 16;
/** Asking the system for randomness costs more than signing, so it is asked for many at once. */
const UUIDS_AT_ONCE = 256;

/** Of version 4. */
function createUuids(random: Random): () => string {
  let drawn = Buffer.alloc(0);
  return () => {
    if (drawn.length === 0) drawn = Buffer.from(random.bytes(UUID_BYTES * UUIDS_AT_ONCE));
    const bytes = drawn.subarray(0, UUID_BYTES);
    drawn = drawn.subarray(UUID_BYTES);
    bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
    bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
    const hex = bytes.toString('hex');
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  };
}
