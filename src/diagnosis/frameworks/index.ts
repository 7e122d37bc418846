import type { Answer, Framework, Front } from '../framework.ts';
import { aspnet } from './aspnet.ts';
import { django } from './django.ts';
import { express } from './express.ts';
import { fastapi } from './fastapi.ts';
import { fastify } from './fastify.ts';
import { flask } from './flask.ts';
import { FRONTS } from './fronts.ts';
import { go } from './go.ts';
import { hono } from './hono.ts';
import { laravel } from './laravel.ts';
import { nest } from './nest.ts';
import { next } from './next.ts';
import { php } from './php.ts';
import { rails } from './rails.ts';
import { spring } from './spring.ts';

/** All that are known. Of two that are recognised alike the first counts. */
export const FRAMEWORKS: readonly Framework[] = [
  next,
  nest,
  express,
  fastify,
  hono,
  fastapi,
  flask,
  django,
  rails,
  laravel,
  php,
  spring,
  aspnet,
  go,
];

/** Below that a framework is not named: a wrong recipe costs more time than none. */
const SURE_ENOUGH = 0.6;

/** The framework that wrote the answers; undefined where none shows. */
export function recogniseFramework(answers: readonly Answer[]): Framework | undefined {
  const rated = FRAMEWORKS.map((framework) => ({ framework, rate: framework.recognise(answers) }));
  const [best] = rated.toSorted((one, other) => other.rate - one.rate);
  return best && best.rate >= SURE_ENOUGH ? best.framework : undefined;
}

/** What stands in front of it. */
export function recogniseFront(answers: readonly Answer[], host: string): Front | undefined {
  return FRONTS.find((front) => front.recognise(answers, host));
}
