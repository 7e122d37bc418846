import type { HeaderList, HttpRequest } from '../base/ports.ts';
import { SIGNATURE_HEADER, type SignatureAlgorithm, signNotification } from '../intercom/signature.ts';
import { BOTH_ALGORITHMS, type CheckId } from './check.ts';
import { compact, ping } from './notifications.ts';
import { isDelivered, type Outcome, someAnswered } from './outcome.ts';
import type { Kit, Probe, Probes, SignedProbe } from './probes.ts';
import { headerOf } from './signing.ts';

const JSON_TYPE = 'application/json';

/** A POST to the receiver, with whatever stands for a signature. */
export function post(kit: Kit, body: Uint8Array, headers: HeaderList = [], contentType = JSON_TYPE): HttpRequest {
  return { method: 'POST', url: kit.target.url, headers: [['Content-Type', contentType], ...headers], body };
}

/** A POST with one signature header. */
export function signedPost(kit: Kit, body: Uint8Array, signature: string, contentType = JSON_TYPE): HttpRequest {
  return post(kit, body, [[SIGNATURE_HEADER, signature]], contentType);
}

/** A rightly signed notification. */
export function rightly(
  owner: CheckId,
  bodyOf: (kit: Kit) => Uint8Array,
  algorithm: SignatureAlgorithm,
  contentType = JSON_TYPE,
): SignedProbe {
  return {
    owner,
    build(kit, secret) {
      const body = bodyOf(kit);
      return signedPost(kit, body, signNotification(body, secret, algorithm), contentType);
    },
  };
}

export const plainPing = (kit: Kit): Uint8Array => compact(ping(kit));

export const headRequest: Probe = {
  owner: 'endpoint/head',
  build: ({ target }) => ({ method: 'HEAD', url: target.url, headers: [] }),
};

export const appHealth: Probe = {
  owner: 'health/app',
  build: ({ target }) => ({ method: 'GET', url: target.healthUrl, headers: [] }),
};

export const intercomHealth: Probe = {
  owner: 'health/intercom',
  build: ({ target }) => ({ method: 'GET', url: target.intercomHealthUrl, headers: [] }),
};

export const unsignedPost: Probe = {
  owner: 'endpoint/unsigned-rejected',
  build: (kit) => post(kit, plainPing(kit)),
};

/** The two pings that tell which algorithms are accepted. */
const rightPing: Readonly<Record<SignatureAlgorithm, SignedProbe>> = {
  sha1: rightly('signature/sha1', plainPing, 'sha1'),
  sha256: rightly('signature/sha256', plainPing, 'sha256'),
};

const KEY_BYTES = 32;
const wrongSecret = (algorithm: SignatureAlgorithm): Probe => ({
  owner: 'endpoint/wrong-secret-rejected',
  build(kit) {
    const body = plainPing(kit);
    return signedPost(kit, body, headerOf(body, kit.bytes(KEY_BYTES), algorithm));
  },
});

/** Signed with a key that was made up for it. */
export const wrongSecretPing: Readonly<Record<SignatureAlgorithm, Probe>> = {
  sha1: wrongSecret('sha1'),
  sha256: wrongSecret('sha256'),
};

/** What became of the two right pings; undefined while nothing can be signed. */
export interface RightPings {
  readonly sha1: Outcome;
  readonly sha256: Outcome;
}

export async function rightPings(probes: Probes): Promise<RightPings | undefined> {
  const [sha1, sha256] = await Promise.all([probes.ifSecret(rightPing.sha1), probes.ifSecret(rightPing.sha256)]);
  return sha1 && sha256 && { sha1, sha256 };
}

const AGAIN = 3;

/** A right ping a few times more, over connections of their own: instances that differ answer differently. */
export async function sendAgain(probes: Probes, algorithm: SignatureAlgorithm = 'sha1'): Promise<readonly Outcome[]> {
  const probe = rightPing[algorithm];
  const requests = Array.from({ length: AGAIN }, () => probes.buildSigned(probe));
  return probes.sendTogether(
    probe.owner,
    requests.filter((one) => one !== undefined),
  );
}

/** The same, where at least one of them was answered. @throws AppError when neither was */
export async function answeredPings(probes: Probes): Promise<RightPings | undefined> {
  const pings = await rightPings(probes);
  if (pings) someAnswered([pings.sha1, pings.sha256]);
  return pings;
}

export function acceptedOf(pings: RightPings | undefined): readonly SignatureAlgorithm[] {
  return pings ? BOTH_ALGORITHMS.filter((algorithm) => isDelivered(pings[algorithm])) : [];
}

/** The algorithm for signed probes: what the receiver accepts, Intercom's own where it accepts both or neither. */
export async function algorithmFor(probes: Probes): Promise<SignatureAlgorithm> {
  return acceptedOf(await rightPings(probes))[0] ?? 'sha1';
}

/** The algorithms that a forgery is worth trying with: one that is accepted, or both while none is known to be. */
export async function algorithmsToForge(probes: Probes): Promise<readonly SignatureAlgorithm[]> {
  const [accepted] = acceptedOf(await rightPings(probes));
  return accepted ? [accepted] : BOTH_ALGORITHMS;
}
