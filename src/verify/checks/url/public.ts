import { defineCheck, fail, pass, warn } from '../../check.ts';

/** Intercom cannot reach a computer on a desk or in a private network. */
export const isPublic = defineCheck({
  id: 'url/public',
  title: 'Intercom can reach the address',
  kind: 'local',
  needs: [],
  observe: async ({ target: { url, reach } }) => ({ host: url.hostname, reach }),
  judge({ host, reach }) {
    if (reach === 'public') return pass(host);
    const answer = { expected: 'a public host', actual: host };
    if (reach === 'loopback') {
      return warn(`${host} is this computer: good for trying, but Intercom cannot reach it.`, {
        ...answer,
        remedy: 'Before registering it, deploy the receiver or put a tunnel in front of it, and verify that URL.',
      });
    }
    return fail(`${host} is in a private network: Intercom cannot reach it.`, {
      ...answer,
      remedy: 'Use the public host name of the receiver, or put a tunnel in front of it, and verify that URL.',
    });
  },
  explain: {
    why: 'Intercom sends from its own addresses on the internet. localhost, private addresses and internal names lead nowhere from there.',
    fix: 'Deploy the receiver, or put a tunnel (Intercom names ngrok) in front of it, and register that URL.',
    source: 'https://developers.intercom.com/docs/webhooks/setting-up-webhooks',
  },
});
