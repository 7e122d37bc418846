/**
 * The core as a library: pure functions, no package is loaded and nothing is read or sent.
 *
 * @example
 * const verdict = verifySignature({ body, header: request.headers['x-hub-signature'], secrets: process.env.INTERCOM_WEBHOOK_SECRET });
 * if (!verdict.valid) return reply.code(401).send();
 */
export { Secret } from './base/secret.ts';
export {
  describeHeaderFault,
  type Key,
  parseSignatureHeader,
  type Refusal,
  SIGNATURE_HEADER,
  type SignatureAlgorithm,
  type SignatureVerdict,
  signNotification,
  verifySignature,
} from './intercom/signature.ts';
export { itemId, type Notification, type ParsedNotification, parseNotification } from './intercom/notification.ts';
export {
  API_VERSIONS,
  type ApiVersion,
  findTopic,
  isInVersion,
  nameInVersion,
  NEWEST_API_VERSION,
  type Topic,
  TOPICS,
} from './intercom/topics.ts';
export { judgeSecretShape, type SecretShape } from './intercom/secret-shape.ts';
export type { Handler, HandlerContext, Handlers } from './receive/handler.ts';
