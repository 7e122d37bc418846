import { shorten } from '../../../base/text.ts';
import { defineCheck, fail, pass, warn } from '../../check.ts';
import { observeTls, type TlsSeen } from './judge-tls.ts';

const LONGEST_LIST = 200;

/** The certificate of another site on the same server is the usual sign of a domain that was never bound. */
export const hostname = defineCheck<TlsSeen | undefined>({
  id: 'tls/hostname',
  title: 'The certificate is for this host',
  kind: 'open',
  needs: ['tls/protocol'],
  ...observeTls(({ facts: { isForHost, chain } }, { url }) => {
    const [own] = chain;
    const names = own?.names ?? [];
    const listed = names.length > 0 ? shorten(names.join(', '), LONGEST_LIST) : 'no name at all';
    const host = url.hostname;
    if (isForHost && names.length === 0) {
      return warn(
        `The certificate names ${host} in its subject only; many clients look at the list of names (SAN) alone.`,
        {
          expected: `${host} in the list of names`,
          actual: own?.subject ?? 'none',
          remedy: `Get a certificate that has ${host} among its names: openssl req … -addext subjectAltName=DNS:${host}`,
        },
      );
    }
    if (isForHost) return pass(listed);
    return fail(`The certificate is not for ${host}; it is for ${listed}.`, {
      expected: host,
      actual: listed,
      remedy: `Get a certificate that has ${host} among its names, or register a name that it has. On a hosting platform: add the custom domain and bind its certificate.`,
    });
  }),
  explain: {
    why: 'Clients accept a certificate only for the names that are listed in it (SAN). Another name means that the request may have reached another site, so nothing is sent. A wildcard covers one level: *.example.com is not for a.b.example.com, nor for example.com.',
    fix: 'Add the host name to the certificate, or bind the right certificate to this name where TLS ends (Azure App Service: Custom domains, Add binding). After a move: look whether the DNS still leads to the old server.',
    source: 'https://www.rfc-editor.org/rfc/rfc9525 (names in certificates); not a matter of Intercom',
  },
});
