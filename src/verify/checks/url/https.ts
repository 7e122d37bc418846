import { defineCheck, fail, pass, skip } from '../../check.ts';

/** Intercom takes https addresses only. */
export const https = defineCheck({
  id: 'url/https',
  title: 'The URL starts with https://',
  kind: 'local',
  needs: [],
  observe: async ({ target: { url, reach } }) => ({ url, reach }),
  judge({ url, reach }) {
    if (url.protocol === 'https:') return pass('https');
    if (reach === 'loopback') return skip('not needed on this computer');
    const secure = new URL(url);
    secure.protocol = 'https:';
    return fail('The URL starts with http://, and Intercom asks for https.', {
      expected: 'https',
      actual: 'http',
      remedy: `propiq-intercom verify ${secure.href}`,
    });
  },
  explain: {
    why: 'The URL that is registered in the Developer Hub must be a full https address. Over plain http anybody on the way could read the notifications and send them again.',
    fix: 'Register the https:// address. Where there is none yet, the hosting platform or a proxy such as Caddy can provide the certificate.',
    source: 'https://developers.intercom.com/docs/webhooks/setting-up-webhooks',
  },
});
