import { plural } from '../../../base/text.ts';
import { defineCheck, fail, pass, warn } from '../../check.ts';
import { day, observeTls, type TlsSeen } from './judge-tls.ts';

const DAY_MS = 86_400_000;
const FEW_DAYS = 14;

/** Renewals fail in silence, weeks before anybody notices. */
export const expiry = defineCheck<TlsSeen | undefined>({
  id: 'tls/expiry',
  title: 'The certificate is valid for two weeks more',
  kind: 'open',
  needs: ['tls/protocol'],
  ...observeTls(({ facts: { chain }, now }) => {
    const [own] = chain;
    if (own === undefined) return pass('no certificate was shown');
    const { validFrom, validTo } = own;
    const expected = `valid for ${FEW_DAYS} days more`;
    if (!(validFrom <= now)) {
      return fail(`The certificate is not valid yet: it begins on ${day(validFrom)}.`, {
        expected: 'valid now',
        actual: `valid from ${day(validFrom)}`,
        remedy: 'Check the clock of this computer, and the one of the computer that made the certificate.',
      });
    }
    const left = Math.floor((validTo - now) / DAY_MS);
    if (!(validTo > now)) {
      return fail(`The certificate has expired: it was valid until ${day(validTo)}.`, {
        expected,
        actual: `expired on ${day(validTo)}`,
        remedy:
          'Renew it, and look at why the renewal did not run by itself. If the date here is wrong: check the clock of this computer.',
      });
    }
    const until = `until ${day(validTo)}, ${plural(left, 'day')} left`;
    if (left >= FEW_DAYS) return pass(until);
    return warn(`The certificate expires soon: it is valid ${until}.`, {
      expected,
      actual: plural(left, 'day'),
      remedy: 'Renew it, or look whether the renewal will run by itself: most clients renew 30 days before the end.',
    });
  }),
  explain: {
    why: 'From the moment of its end on, no sender accepts the certificate and every delivery fails, at once and without a warning. After seven days of errors Intercom suspends the webhooks of a private app.',
    fix: 'Renew the certificate, let the renewal run by itself, and let it reload the server (certbot: --deploy-hook "systemctl reload nginx"). Certificates that live for days only (Let\'s Encrypt has a six-day profile) are always short of two weeks: --skip tls/expiry.',
    source: 'suspension: https://developers.intercom.com/docs/webhooks/webhook-notifications',
  },
});
