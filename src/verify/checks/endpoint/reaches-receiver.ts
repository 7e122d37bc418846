import { type Exchange, headerValue, headerValues } from '../../../base/ports.ts';
import { defineCheck, fail, pass, type Verdict, warn } from '../../check.ts';
import { answerOf, isAnswer, isDelivered, type Outcome } from '../../outcome.ts';
import type { Probe, Probes } from '../../probes.ts';
import { appHealth, rightPings, unsignedPost } from '../../requests.ts';
import { ROUTED } from '../needs.ts';

type Wall = { readonly mark: string; readonly status: number; readonly isLogin: boolean };
type Seen =
  | { readonly through: 'signed' | 'open'; readonly wall?: undefined }
  | { readonly through: 'as-intercom' | 'never'; readonly wall: Wall };

/** The guide's curl test takes any 401 for the receiver's. */
export const reachesReceiver = defineCheck<Seen>({
  id: 'endpoint/reaches-receiver',
  title: 'Requests reach the receiver itself',
  kind: 'open',
  needs: ROUTED,
  async observe(probes) {
    const [unsigned, signed] = await Promise.all([probes.once(unsignedPost), rightPings(probes)]);
    if (isDelivered(signed?.sha1) || isDelivered(signed?.sha256)) return { through: 'signed' };
    const wall = await wallOf(answerOf(unsigned), probes);
    if (wall === undefined) return { through: 'open' };
    const again = await probes.sendAsIntercom(unsignedPost);
    if (!isAnswer(again) || isWalled(again, wall)) return { through: 'never', wall };
    probes.speakAsIntercom();
    return { through: 'as-intercom', wall };
  },
  judge: judgeWall,
  explain: {
    why: 'A sign-in of the platform (Azure Easy Auth, Vercel deployment protection), basic auth, a CDN or a tunnel can answer in place of the receiver, often with the very 401 that a simple test hopes for. Then every real delivery is refused, and no test of the refusals says anything about the receiver.',
    fix: "Let the webhook's path pass without a login: Azure App Service: Authentication, allow unauthenticated requests (or exclude the path); Vercel: Deployment Protection off for this deployment; a proxy: no auth_basic for this location. The signature is what protects it. A rightly signed ping that is answered with 2xx proves that there is no wall.",
    source: 'not a matter of Intercom: it sends no credentials besides the signature',
  },
});

async function wallOf(unsigned: Exchange, probes: Probes): Promise<Wall | undefined> {
  const { status } = unsigned;
  if (status !== 401 && status !== 403) return undefined;
  const login = loginAsked(unsigned);
  if (login !== undefined) return { status, isLogin: true, mark: `it asks for a login (WWW-Authenticate: ${login})` };
  const health = await probes.once(appHealth);
  if (!isAlike(health, unsigned)) return undefined;
  const random = await probes.send('endpoint/reaches-receiver', randomPath(probes));
  if (!isAlike(random, unsigned)) return undefined;
  return {
    status,
    isLogin: false,
    mark: `the health route and a path that cannot exist are refused with ${status} alike`,
  };
}

function isWalled(again: Exchange, wall: Wall): boolean {
  return loginAsked(again) !== undefined || (!wall.isLogin && again.status === wall.status);
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

function judgeWall(seen: Seen): Verdict {
  if (seen.wall === undefined)
    return pass(seen.through === 'signed' ? 'a rightly signed ping is accepted' : 'no sign of anything in front of it');
  const { mark, status } = seen.wall;
  const answer = { expected: 'an answer by the receiver', actual: `${status}; ${mark}` };
  if (seen.through === 'as-intercom') {
    return warn(
      `Something in front of the receiver refuses this tool (${mark}), but not Intercom's User-Agent. The run goes on with that one.`,
      {
        ...answer,
        remedy:
          'Look at the bot rules in front of the receiver: one that goes by User-Agent may stop Intercom one day.',
      },
    );
  }
  return fail(
    `The ${status} does not come from the receiver: ${mark}. Intercom sends no login, so every delivery ends here.`,
    { ...answer, remedy: "Let the webhook's path pass without a login; the signature is what protects it." },
  );
}
