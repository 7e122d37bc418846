import type { Check } from '../check.ts';
import { region } from './api/region.ts';
import { subscription } from './api/subscription.ts';
import { token } from './api/token.ts';
import { concurrent } from './delivery/concurrent.ts';
import { consistent } from './delivery/consistent.ts';
import { contentType } from './delivery/content-type.ts';
import { duplicate } from './delivery/duplicate.ts';
import { largeBody } from './delivery/large-body.ts';
import { latency } from './delivery/latency.ts';
import { noGone } from './delivery/no-gone.ts';
import { nullId } from './delivery/null-id.ts';
import { unknownTopic } from './delivery/unknown-topic.ts';
import { resolves } from './dns/resolves.ts';
import { configured } from './endpoint/configured.ts';
import { emptyKeyRejected } from './endpoint/empty-key-rejected.ts';
import { head } from './endpoint/head.ts';
import { malformedRejected } from './endpoint/malformed-signature-rejected.ts';
import { noSignatureLeak } from './endpoint/no-signature-leak.ts';
import { placeholderKeyRejected } from './endpoint/placeholder-key-rejected.ts';
import { reachesReceiver } from './endpoint/reaches-receiver.ts';
import { tamperedRejected } from './endpoint/tampered-rejected.ts';
import { unsignedRejected } from './endpoint/unsigned-rejected.ts';
import { wrongSecretRejected } from './endpoint/wrong-secret-rejected.ts';
import { fileNotTracked } from './env/file-not-tracked.ts';
import { secretPresent } from './env/secret-present.ts';
import { secretShape } from './env/secret-shape.ts';
import { tokenPresent } from './env/token-present.ts';
import { app } from './health/app.ts';
import { intercom } from './health/intercom.ts';
import { noRedirect } from './http/no-redirect.ts';
import { accepted } from './signature/accepted.ts';
import { rawBody } from './signature/raw-body.ts';
import { sha1 } from './signature/sha1.ts';
import { sha256 } from './signature/sha256.ts';
import { connects } from './tcp/connects.ts';
import { expiry } from './tls/expiry.ts';
import { hostname } from './tls/hostname.ts';
import { protocol } from './tls/protocol.ts';
import { trusted } from './tls/trusted.ts';
import { https } from './url/https.ts';
import { path } from './url/path.ts';
import { isPublic } from './url/public.ts';

/** All checks, in the order in which they are told. A check stands after what it needs, and what runs alone stands last. */
export const CHECKS: readonly Check[] = [
  tokenPresent,
  secretPresent,
  secretShape,
  fileNotTracked,
  token,
  region,
  subscription,
  https,
  path,
  isPublic,
  resolves,
  connects,
  protocol,
  trusted,
  hostname,
  expiry,
  noRedirect,
  app,
  intercom,
  reachesReceiver,
  head,
  configured,
  unsignedRejected,
  wrongSecretRejected,
  tamperedRejected,
  malformedRejected,
  emptyKeyRejected,
  placeholderKeyRejected,
  noSignatureLeak,
  accepted,
  sha1,
  sha256,
  rawBody,
  consistent,
  unknownTopic,
  duplicate,
  nullId,
  largeBody,
  contentType,
  concurrent,
  latency,
  noGone,
] as Check[];
