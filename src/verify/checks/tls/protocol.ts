import { defineCheck, fail, pass, unjudged } from '../../check.ts';
import { observeTls, type TlsSeen } from './judge-tls.ts';

/** The first word of TLS: which version the two have in common. */
export const protocol = defineCheck<TlsSeen | undefined>({
  id: 'tls/protocol',
  title: 'TLS 1.2 or newer is spoken',
  kind: 'open',
  needs: ['url/path', 'dns/resolves', 'tcp/connects'],
  ...observeTls(({ facts: { outcome } }, { url }) => {
    switch (outcome.kind) {
      case 'agreed':
        return pass(`${outcome.protocol}, ${outcome.cipher}`);
      case 'old':
        return fail(
          `${url.host} speaks nothing newer than ${outcome.protocol.replace('TLSv1', 'TLS 1').replace(/^TLS 1$/, 'TLS 1.0')}, which was given up in 2021.`,
          {
            expected: 'TLS 1.2 or newer',
            actual: outcome.protocol,
            remedy: 'Enable TLS 1.2 and 1.3 where TLS ends: the web server, the load balancer or the hosting plan.',
          },
        );
      case 'failed':
      default: {
        const parts = { expected: 'a TLS handshake', actual: 'it failed', remedy: outcome.hint };
        const message = `${outcome.what}: ${outcome.why}`;
        // whoever cuts a connection off may do so to us alone; all else is what every client would meet
        return outcome.isCut ? unjudged(message, parts) : fail(message, parts);
      }
    }
  }),
  explain: {
    why: 'Older versions are broken and current clients refuse them; which ones Intercom still speaks is not documented. A handshake that fails at all (a port that speaks no TLS, no certificate for this name, a client certificate that is asked for) ends every delivery.',
    fix: 'Enable TLS 1.2 and 1.3 where TLS ends: nginx: ssl_protocols TLSv1.2 TLSv1.3; Azure App Service: Configuration, Minimum inbound TLS version 1.2. Bind a certificate to this very host name there, and ask for no client certificate on this path.',
    source:
      'https://www.rfc-editor.org/rfc/rfc8996 (TLS 1.0 and 1.1 are given up); what Intercom speaks is not documented',
  },
});
