import { defineCheck, fail, pass, skip, warn } from '../../check.ts';
import { isDelivered, showOutcome, someAnswered } from '../../outcome.ts';
import { algorithmFor, plainPing, rightly, rightPings } from '../../requests.ts';
import { throttled } from '../../throttled.ts';
import { SIGNING } from '../needs.ts';

const ID = 'delivery/content-type';
const WITH_CHARSET = 'application/json; charset=utf-8';

/** Both spellings say the same; exact comparisons know only one. */
export const contentType = defineCheck({
  id: ID,
  title: 'JSON is accepted with and without a charset',
  kind: 'signed',
  needs: SIGNING,
  async observe(probes) {
    const algorithm = await algorithmFor(probes);
    const request = probes.buildSigned(rightly(ID, plainPing, algorithm, WITH_CHARSET));
    const [pings, charset] = await Promise.all([rightPings(probes), request && probes.send(ID, request)]);
    if (pings === undefined || charset === undefined) return undefined;
    someAnswered([charset, pings[algorithm]]);
    return { plain: pings[algorithm], charset };
  },
  judge(seen) {
    if (seen === undefined) return skip('Nothing could be signed.');
    const { plain, charset } = seen;
    if (isDelivered(plain) && isDelivered(charset)) return pass('both accepted');
    if (!isDelivered(plain) && !isDelivered(charset)) return skip('see signature/accepted');
    const limited = throttled([plain, charset]);
    if (limited) return limited;
    if (!isDelivered(plain)) {
      return fail(`"Content-Type: application/json", what Intercom sends, is answered with ${showOutcome(plain)}.`, {
        expected: '2xx',
        actual: showOutcome(plain),
        remedy: 'Accept application/json with and without a charset: compare only what stands before the semicolon.',
      });
    }
    return warn(
      `"Content-Type: ${WITH_CHARSET}" is answered with ${showOutcome(charset)}; without the charset it is accepted.`,
      {
        expected: '2xx',
        actual: showOutcome(charset),
        remedy: 'Compare only what stands before the semicolon: a proxy or a later version may add the charset.',
      },
    );
  },
  explain: {
    why: 'Intercom documents Content-Type: application/json. A receiver that compares the whole value refuses the same JSON with a charset, which proxies and other versions may add.',
    fix: 'Compare the media type only, without its parameters, or do not look at it: the signature and the JSON parser say enough.',
    source: 'https://developers.intercom.com/docs/references/preview/webhooks/webhook-models (the example request)',
  },
});
