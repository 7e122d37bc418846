import type { Step } from '../step.ts';
import { deploy } from './deploy.ts';
import { hubTest } from './hub-test.ts';
import { secret } from './secret.ts';
import { sendTest } from './send-test.ts';
import { subscription } from './subscription.ts';
import { token } from './token.ts';
import { topics } from './topics.ts';
import { url } from './url.ts';
import { verify } from './verify.ts';

/** In the order of the journey. */
export const STEPS: readonly Step[] = [token, url, topics, subscription, secret, deploy, verify, sendTest, hubTest];
