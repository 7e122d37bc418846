import { causes } from './broken/causes.ts';
import { deliveries } from './broken/deliveries.ts';
import { python as brokenPython } from './broken/python.ts';
import { routes } from './broken/routes.ts';
import { signatures } from './broken/signatures.ts';
import { walls } from './broken/walls.ts';
import { expressApp } from './correct/express.ts';
import { fastifyApp } from './correct/fastify.ts';
import { honoApp } from './correct/hono.ts';
import { nextRoute } from './correct/next-route.ts';
import { plainNode } from './correct/plain-node.ts';
import { python } from './correct/python.ts';
import { variants } from './correct/variants.ts';
import type { Receiver } from './receiver.ts';

export const CORRECT: readonly Receiver[] = [
  plainNode,
  expressApp,
  fastifyApp,
  honoApp,
  nextRoute,
  ...python,
  ...variants,
];
export const BROKEN: readonly Receiver[] = [
  ...routes,
  ...signatures,
  ...deliveries,
  ...causes,
  ...walls,
  ...brokenPython,
];
