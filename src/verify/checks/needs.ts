import type { CheckId } from '../check.ts';

/** Without a path nothing is sent; without a connection that can be trusted nothing is asked. */
export const CONNECTED: readonly CheckId[] = [
  'url/path',
  'dns/resolves',
  'tcp/connects',
  'tls/protocol',
  'tls/trusted',
  'tls/hostname',
  'tls/expiry',
];
/** What every question to the webhook's route needs. */
export const ROUTED: readonly CheckId[] = [...CONNECTED, 'http/no-redirect'];
/** What every question to the receiver itself needs: nothing in front of it. */
export const REACHING: readonly CheckId[] = [...ROUTED, 'endpoint/reaches-receiver'];
/** The same, and a receiver that has its secret. */
export const RECEIVING: readonly CheckId[] = [...REACHING, 'endpoint/configured'];
/** The same, and that there is a receiver at this path at all: of the failures of that check only this one stops others. */
export const REFUSING: readonly CheckId[] = [...RECEIVING, 'endpoint/unsigned-rejected'];
/** What a rightly signed probe needs. */
export const SIGNING: readonly CheckId[] = ['env/secret-shape', ...REFUSING];
/** What more is asked of signatures. */
export const DELIVERING: readonly CheckId[] = [...SIGNING, 'signature/accepted'];
/** What is asked of deliveries: nothing, while every one may meet an instance that answers differently. */
export const STEADY: readonly CheckId[] = [...DELIVERING, 'delivery/consistent'];
