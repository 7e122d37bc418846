import { AppError } from '../../base/errors.ts';
import { reachOf } from '../../intercom/webhook-url.ts';
import { HUB_TEST } from '../hub-walk.ts';
import { type Journey, report, type Step, type StepReport } from '../step.ts';

/** A notification that comes from Intercom itself: the only proof of all that stands between it and the receiver. */
export const hubTest: Step = {
  id: 'hub-test',
  title: 'From Intercom',
  async look({ answers, way, ports }) {
    if (!answers.wantsTest) return report('skipped', 'left out by --no-test');
    if (way === 'api') return report('to do', 'Intercom is asked through the API to send a ping');
    return ports.person
      ? report('by hand', 'a test notification, sent by you from the Developer Hub')
      : report('by hand', 'sent from the Developer Hub');
  },
  async apply(journey) {
    const { way, ports } = journey;
    const sinceMs = ports.now();
    if (way === 'api') return pinged(journey, sinceMs);
    if (ports.person === undefined) return report('left', HUB_TEST);
    ports.show('A test from Intercom', [HUB_TEST], []);
    await ports.person.pause('Enter when it is sent, or to leave it for later');
    return arrived(journey, sinceMs, report('confirmed', 'sent, as you said, or left for later'));
  },
};

async function pinged(journey: Journey, sinceMs: number): Promise<StepReport> {
  const { ports, subscriptionId, answers } = journey;
  if (subscriptionId === undefined) return report('skipped', 'no subscription to ask for one');
  try {
    await ports.api?.subscriptions.ping(subscriptionId, { version: answers.version });
  } catch (cause) {
    if (!(cause instanceof AppError)) throw cause;
    return report('left', `Intercom was asked for a ping and refused. ${cause.why}`, cause.hint);
  }
  return arrived(journey, sinceMs, report('done', 'Intercom was asked for a ping, and agreed'));
}

/** Where the receiver is the `serve` of this computer, its inbox tells. */
async function arrived({ ports, answers }: Journey, sinceMs: number, otherwise: StepReport): Promise<StepReport> {
  const topic = await ports.arrival(sinceMs);
  if (topic !== undefined) return report('done', `a ${topic} from Intercom arrived, rightly signed, and is stored`);
  if (reachOf(answers.url) !== 'loopback') return otherwise;
  const { status, message } = otherwise;
  return report(status, `${message}; nothing has arrived in the inbox of serve on this computer yet`);
}
