import { AppError } from '../../base/errors.ts';
import { Secret } from '../../base/secret.ts';
import { plural, shellWord } from '../../base/text.ts';
import type { Subscription } from '../../intercom/api-answers.ts';
import { hubWalk } from '../hub-walk.ts';
import { type Journey, report, type Step, type StepReport } from '../step.ts';

const CLOSED =
  "Intercom's API takes no new subscriptions (documented: developers.intercom.com, docs/webhooks): they are made in the Developer Hub";

/** Needs `metadata.event_names` (archived: intercom-developer-hub.readme.io/reference/event-webhooks). */
const NAMED = 'event.created';
const NAMELESS = `${NAMED} needs the names of your events, which are chosen in the Developer Hub`;

/** That Intercom knows the URL and the topics: through the archived API where it still answers, else by hand. */
export const subscription: Step = {
  id: 'subscription',
  title: 'Subscription',
  async look(journey) {
    const { answers, ports } = journey;
    if (answers.mode === 'guide') return byHand(journey, 'made by hand in the Developer Hub, step by step');
    if (ports.api === undefined || journey.isTokenRefused) return byHand(journey, CLOSED);
    let known: readonly Subscription[];
    try {
      known = (await ports.api.subscriptions.list({ version: answers.version })).subscriptions;
    } catch (cause) {
      return closed(journey, cause);
    }
    journey.way = 'api';
    const existing = known.find(({ url }) => url === answers.url.href);
    const isNameless = answers.mode === 'auto' && answers.topics.some(({ topic }) => topic.name === NAMED);
    if (isNameless && existing?.topics.includes(NAMED) !== true) return byHand(journey, NAMELESS);
    if (existing === undefined)
      return report('to do', 'none for this URL yet: it is made through the API, with a secret made here');
    journey.existing = existing;
    journey.subscriptionId = existing.id;
    const missing = answers.topics.filter(({ topic }) => !existing.topics.includes(topic.name));
    const names = answers.topics.map(({ topic }) => topic.name);
    const more = existing.topics.filter((name) => name !== 'ping' && !names.includes(name));
    const faults = [
      ...(missing.length > 0 ? [`${missing.map(({ topic }) => topic.name).join(', ')} not subscribed`] : []),
      ...(more.length > 0 ? [`${more.join(', ')} subscribed besides`] : []),
      ...(existing.isActive === false ? ['not active'] : []),
      ...(journey.secret === undefined ? ['its secret is not known here'] : []),
    ];
    if (faults.length > 0)
      return report('differs', `there is one for this URL, but ${faults.join('; ')}: setup brings it in line`);
    return report('done', `there is one for this URL with ${plural(names.length, 'topic')}`);
  },
  async apply(journey, seen) {
    if (journey.way === 'guide') return walk(journey, seen);
    try {
      return await subscribe(journey);
    } catch (cause) {
      const refused = closed(journey, cause);
      return walk(journey, refused);
    }
  },
};

async function subscribe(journey: Journey): Promise<StepReport> {
  const { answers, ports, existing } = journey;
  const version = { version: answers.version };
  const isMade = journey.secret === undefined;
  const secret = journey.secret ?? newSecret(journey);
  const asked = { url: answers.url, topics: answers.topics.map(({ topic }) => topic.name), hubSecret: secret };
  const made = existing
    ? await ports.api?.subscriptions.update(existing.id, asked, version)
    : await ports.api?.subscriptions.create(asked, version);
  if (made) journey.subscriptionId = made.id;
  journey.secret = secret;
  journey.isSecretNew ||= isMade;
  const how = existing ? 'brought in line' : 'created';
  return report(
    'changed',
    `${how} through the API: ${plural(asked.topics.length, 'topic')}, with ${isMade ? 'a secret made here' : 'the known secret'}`,
  );
}

function newSecret({ ports }: Journey): Secret {
  const secret = new Secret(Buffer.from(ports.random.bytes(32)).toString('hex'));
  ports.protect(secret);
  return secret;
}

/** Anything but a well-formed 2xx: in `auto` the walk, in `api` the refusal itself, and that it is documented as closed. */
function closed(journey: Journey, cause: unknown): StepReport {
  if (!(cause instanceof AppError)) throw cause;
  if (journey.answers.mode === 'api') {
    throw new AppError(
      cause.code,
      {
        what: cause.what,
        why: `${cause.why} ${CLOSED}.`,
        hint: journey.ports.command(`setup --mode guide --url ${shellWord(journey.answers.url.href)}`),
      },
      { cause },
    );
  }
  return byHand(journey, CLOSED);
}

function byHand(journey: Journey, message: string): StepReport {
  journey.way = 'guide';
  return report('by hand', message);
}

async function walk({ answers, ports }: Journey, { message }: StepReport): Promise<StepReport> {
  if (answers.isHubDone) return report('confirmed', 'in the Developer Hub already, as you said');
  const steps = hubWalk(answers);
  const { person } = ports;
  for (const [at, step] of steps.entries()) {
    ports.show(`Developer Hub ${at + 1} of ${steps.length}: ${step.title}`, step.lines, step.values);
    await person?.pause(`Enter when ${step.done}`);
  }
  if (person === undefined)
    return report(
      'left',
      `${message}. Its ${steps.length} steps stand above.`,
      `Do them, then: ${ports.command(`verify ${shellWord(answers.url.href)}`)}`,
    );
  return report(
    'confirmed',
    `URL and ${plural(answers.topics.length, 'topic')} saved in the Developer Hub, as you said`,
  );
}
