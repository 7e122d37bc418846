import type { AppError } from '../../../base/errors.ts';
import { unjudged, type Verdict } from '../../check.ts';

/** Nothing can be said of the token: the API was not reached, or had no answer to give. */
export function cannotAsk({ what, why, hint }: AppError): Verdict {
  return unjudged(`${what}. ${why}`, { remedy: `${hint} Without the API: --skip "api/*"` });
}

export const NO_TOKEN = 'no access token is known here';
