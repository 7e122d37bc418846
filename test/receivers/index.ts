import { deliveries } from './broken/deliveries.ts';
import { routes } from './broken/routes.ts';
import { signatures } from './broken/signatures.ts';
import { expressApp } from './correct/express.ts';
import { fastifyApp } from './correct/fastify.ts';
import { plainNode } from './correct/plain-node.ts';
import { variants } from './correct/variants.ts';
import type { Receiver } from './receiver.ts';

export const CORRECT: readonly Receiver[] = [plainNode, expressApp, fastifyApp, ...variants];
export const BROKEN: readonly Receiver[] = [...routes, ...signatures, ...deliveries];
