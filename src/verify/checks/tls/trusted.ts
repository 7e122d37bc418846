import { defineCheck, fail, pass } from '../../check.ts';
import { observeTls, type TlsSeen } from './judge-tls.ts';

/** A browser fetches a missing intermediate by itself; senders of webhooks do not. */
export const trusted = defineCheck<TlsSeen | undefined>({
  id: 'tls/trusted',
  title: 'The certificate leads to a trusted authority',
  kind: 'open',
  needs: ['tls/protocol'],
  ...observeTls(({ facts: { trust, chain } }) => {
    const [own] = chain;
    if (trust.isTrusted) return pass(`issued by ${own?.issuer ?? 'nobody'}`);
    return fail(`${trust.why} [${trust.code}].`, {
      expected: 'a chain that leads to a trusted authority',
      actual: `${trust.code}; shown: ${chain.map(({ subject }) => subject).join(', then ') || 'nothing'}`,
      remedy: trust.hint,
    });
  }),
  explain: {
    why: 'A sender that does not trust the certificate sends nothing. A missing intermediate certificate is the trap: browsers know it from elsewhere or fetch it, so that the site looks right, while Node, curl and senders of webhooks fail.',
    fix: "Get the certificate from a public authority such as Let's Encrypt, and serve the whole chain: fullchain.pem, not cert.pem (nginx: ssl_certificate; Caddy and hosting platforms do it by themselves). For a private authority, to judge from here only: --ca ca.pem, or NODE_EXTRA_CA_CERTS.",
    source:
      'https://github.com/nodejs/node/issues/16336 (a missing intermediate); whom Intercom trusts is not documented',
  },
});
