import { type Exchange, headerValue, headerValues } from '../../../base/ports.ts';
import { decodeUtf8 } from '../../../base/text.ts';
import { defineCheck, fail, pass, type Verdict, warn } from '../../check.ts';
import { answerOf, isAnswer, isDelivered, type Outcome } from '../../outcome.ts';
import type { Probe, Probes } from '../../probes.ts';
import { appHealth, rightPings, unsignedPost } from '../../requests.ts';
import type { Wall } from '../../walls-table.ts';
import { wallOf } from '../../walls.ts';
import { ROUTED } from '../needs.ts';

const READ_BYTES = 2000;
/** Nothing that stands in front knows of signatures. */
const SPEAKS_OF_SIGNATURES = /\bsignature\b|\bhmac\b|\bx-hub-/i;

/** What stands in front: named where its vendor is known. */
interface Front {
  readonly status: number;
  /** What shows it, as a clause. */
  readonly mark: string;
  /** Whether every path is refused alike, and nothing else is known. */
  readonly isByPaths?: true;
  readonly known?: Wall;
}

type Seen =
  | { readonly through: 'signed' | 'open'; readonly front?: undefined }
  | { readonly through: 'as-intercom' | 'never'; readonly front: Front };

/** The guide's curl test takes any 401 for the receiver's. */
export const reachesReceiver = defineCheck<Seen>({
  id: 'endpoint/reaches-receiver',
  title: 'Requests reach the receiver itself',
  kind: 'open',
  needs: ROUTED,
  async observe(probes) {
    const [unsigned, signed] = await Promise.all([probes.once(unsignedPost), rightPings(probes)]);
    if (isThrough(signed?.sha1) || isThrough(signed?.sha256)) return { through: 'signed' };
    const front = await frontOf(answerOf(unsigned), probes);
    if (front === undefined) return { through: 'open' };
    if (front.known?.kind === 'not-running') return { through: 'never', front };
    const again = await probes.sendAsIntercom(unsignedPost);
    if (!isAnswer(again) || isWalled(again, front)) return { through: 'never', front };
    probes.speakAsIntercom();
    return { through: 'as-intercom', front };
  },
  judge: judgeFront,
  explain: {
    why: 'A sign-in of the platform (Azure Easy Auth, Vercel deployment protection), basic auth, a CDN or a tunnel can answer in place of the receiver, often with the very 401 that a simple test hopes for. Then every real delivery is refused, and no test of the refusals says anything about the receiver.',
    fix: "Let the webhook's path pass without a login: Azure App Service: Authentication, allow unauthenticated requests (or exclude the path); Vercel: Deployment Protection off for this deployment; a proxy: no auth_basic for this location. The signature is what protects it. A rightly signed ping that is answered with 2xx proves that there is no wall.",
    source:
      'not a matter of Intercom: it sends no credentials besides the signature; where each mark is known from: src/verify/walls-table.ts',
  },
});

/** Whether a signed ping was taken by the receiver: some walls answer 2xx too. */
function isThrough(outcome: Outcome | undefined): boolean {
  return isAnswer(outcome) && isDelivered(outcome) && wallOf(outcome) === undefined;
}

async function frontOf(unsigned: Exchange, probes: Probes): Promise<Front | undefined> {
  const { status } = unsigned;
  const known = wallOf(unsigned);
  if (known) return { status, known, mark: `it bears the mark of ${known.vendor}` };
  if (status !== 401 && status !== 403) return undefined;
  const login = loginAsked(unsigned);
  if (login !== undefined) return { status, mark: `it asks for a login (WWW-Authenticate: ${login})` };
  if (SPEAKS_OF_SIGNATURES.test(decodeUtf8(unsigned.body.subarray(0, READ_BYTES)))) return undefined;
  const health = await probes.once(appHealth);
  if (!isAlike(health, unsigned)) return undefined;
  const random = await probes.send('endpoint/reaches-receiver', randomPath(probes));
  if (!isAlike(random, unsigned)) return undefined;
  const mark = `the health route and a path that cannot exist are refused with ${status} alike`;
  return { status, isByPaths: true, mark };
}

function isWalled(again: Exchange, { isByPaths, status }: Front): boolean {
  return (
    wallOf(again) !== undefined || loginAsked(again) !== undefined || (isByPaths === true && again.status === status)
  );
}

/** Basic or Bearer, when the answer asks for it. A receiver that checks signatures has no use for either. */
function loginAsked({ status, headers }: Exchange): string | undefined {
  if (status !== 401 && status !== 403 && status !== 407) return undefined;
  const scheme = headerValues(headers, 'www-authenticate').map((value) => /^\s*(basic|bearer)\b/i.exec(value)?.[1]);
  return scheme.find((name) => name !== undefined);
}

function isAlike(other: Outcome, { status, headers }: Exchange): boolean {
  const type = (list: Exchange['headers']): string => (headerValue(list, 'content-type') ?? '').split(';')[0] ?? '';
  return isAnswer(other) && other.status === status && type(other.headers) === type(headers);
}

function randomPath(probes: Probes): ReturnType<Probe['build']> {
  return probes.build({
    owner: 'endpoint/reaches-receiver',
    build: ({ target, bytes }) => ({
      method: 'GET',
      url: new URL(`/propiq-probe-${Buffer.from(bytes(8)).toString('hex')}`, target.url.origin),
      headers: [],
    }),
  });
}

function judgeFront({ through, front }: Seen): Verdict {
  if (front === undefined)
    return pass(through === 'signed' ? 'a rightly signed ping is accepted' : 'no sign of anything in front of it');
  const { mark, status, known } = front;
  const answer = { expected: 'an answer by the receiver', actual: `${status}; ${mark}` };
  if (through === 'as-intercom') {
    return warn(
      `${known ? capital(known.what) : 'Something in front of the receiver'} refuses this tool (${mark}), but not Intercom's User-Agent. The run goes on with that one.`,
      {
        ...answer,
        remedy:
          'Look at the bot rules in front of the receiver: one that goes by User-Agent may stop Intercom one day.',
      },
    );
  }
  if (known?.kind === 'not-running') {
    return fail(`The ${status} comes from ${known.what}. No receiver is reached, so every delivery ends here.`, {
      ...answer,
      remedy: known.remedy,
    });
  }
  if (front.isByPaths) {
    return fail(
      `Nothing shows that the ${status} comes from the receiver: ${mark}. Either something in front refuses whatever comes, or the receiver itself answers every path.`,
      {
        ...answer,
        remedy:
          "Where the diagnosis names another cause, mend that first. Else look what stands in front, and let the webhook's path pass without a login; the signature is what protects it.",
      },
    );
  }
  const who = known
    ? `The ${status} comes from ${known.what}`
    : `The ${status} does not come from the receiver: ${mark}`;
  return fail(`${who}. Intercom can pass neither a login nor a challenge, so every delivery ends here.`, {
    ...answer,
    remedy: known?.remedy ?? "Let the webhook's path pass without a login; the signature is what protects it.",
  });
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
