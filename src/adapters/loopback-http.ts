import { AppError } from '../base/errors.ts';
import type { Http } from '../base/ports.ts';

const LOOPBACK = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/;

/** Requests that cannot leave this computer, whatever asks for them. */
export function onlyLoopback(http: Http): Http {
  return {
    async send(request, limits) {
      if (LOOPBACK.test(request.url.hostname)) return http.send(request, limits);
      throw new AppError('net/unreachable', {
        what: `Nothing is sent to ${request.url.host}`,
        why: 'This run is confined to this computer.',
        hint: 'Report this: the sandbox should not even have tried.',
      });
    },
  };
}
