/** An answer, as far as the marks need it. */
interface Marked {
  readonly status: number;
  /** The value of a header in lower case, empty where there is none. */
  header(name: string): string;
  /** The start of the body, as text. */
  readonly body: string;
}

/** Something that answers in place of the receiver, and how it is told from it. */
export interface Wall {
  readonly vendor: string;
  /** In a sentence: "The 401 comes from …". */
  readonly what: string;
  /** `not-running`: there is nothing behind it at the moment; then the sender plays no part. */
  readonly kind: 'sign-in' | 'challenge' | 'tunnel' | 'not-running';
  readonly remedy: string;
  /** Where the mark is known from. */
  readonly source: string;
  isMarked(answer: Marked): boolean;
}

/** nginx writes it only where no application answered: what that answers, it passes on as it is. */
const NGINX_PAGE = /<center>(?:nginx|openresty)(?:\/[\d.]{1,20})?<\/center>/i;
const UNREACHED: ReadonlySet<number> = new Set([502, 504]);

/** Whether an answer is nginx's own error page. */
export function isNginxPage({ body }: Pick<Marked, 'body'>): boolean {
  return NGINX_PAGE.test(body);
}

const refusing = ({ status }: Marked): boolean => status === 401 || status === 403;
const redirecting = ({ status }: Marked): boolean => status >= 300 && status < 400;

/** One row a wall. A header that a vendor also sets on answers that it lets through is no mark. */
export const WALLS: readonly Wall[] = [
  {
    vendor: 'Azure',
    what: 'the sign-in of Azure App Service (Easy Auth)',
    kind: 'sign-in',
    remedy:
      'In the Azure portal: Authentication, "Allow unauthenticated access", or exclude this path (globalValidation.excludedPaths of the auth settings). The signature is what protects it.',
    source: 'https://learn.microsoft.com/azure/app-service/overview-authentication-authorization',
    isMarked: (answer) =>
      answer.header('x-ms-middleware-request-id') !== '' &&
      ((refusing(answer) && answer.header('www-authenticate').startsWith('bearer realm=')) ||
        (redirecting(answer) &&
          /login\.(?:microsoftonline\.com|windows\.net)|\/\.auth\/login\//.test(answer.header('location')))),
  },
  {
    vendor: 'Azure',
    what: 'the page that Azure shows for an app that is stopped',
    kind: 'not-running',
    remedy:
      'Start it: az webapp start --name APP --resource-group GROUP (or Start in the portal). A spending limit or a used-up quota stops apps too.',
    source: 'https://learn.microsoft.com/archive/blogs/waws/azure-web-apps-error-403-this-web-app-is-stopped',
    isMarked: ({ status, body }) =>
      status === 403 && /this (?:web|container) app is stopped|<title>Web App - Unavailable/i.test(body),
  },
  {
    vendor: 'Azure',
    what: 'the placeholder of an Azure app that nothing was deployed to',
    kind: 'not-running',
    remedy:
      'Deploy the application, and look at its start command: az webapp log tail --name APP --resource-group GROUP',
    source: 'https://learn.microsoft.com/azure/frontdoor/create-front-door-portal (shows the page)',
    isMarked: ({ body }) => /your web app is running and waiting for your content/i.test(body),
  },
  {
    vendor: 'Vercel',
    what: "Vercel's Deployment Protection",
    kind: 'sign-in',
    remedy:
      'Vercel: Settings, Deployment Protection: switch it off for this deployment, or register the production domain, which Standard Protection leaves open. Intercom cannot send the bypass header; the query ?x-vercel-protection-bypass=… works, but stands in logs.',
    source: 'https://github.com/vercel-labs/open-agents/pull/188 (what protects and how it is passed)',
    isMarked: (answer) =>
      (refusing(answer) || redirecting(answer)) &&
      (answer.header('set-cookie').includes('_vercel_sso_nonce') ||
        /vercel\.com\/sso-api/.test(answer.body + answer.header('location'))),
  },
  {
    vendor: 'Vercel',
    what: "Vercel's firewall",
    kind: 'challenge',
    remedy:
      'Vercel: Firewall: let this path pass (a rule with the action Bypass), and switch Attack Challenge Mode off.',
    source: 'https://docs.rs/crate/rover-fetch/0.3.2/source/src/fetcher/challenge.rs (x-vercel-mitigated: challenge)',
    isMarked: (answer) => /^(?:challenge|deny)$/.test(answer.header('x-vercel-mitigated')),
  },
  {
    vendor: 'Vercel',
    what: 'Vercel itself: there is no such deployment, or it is switched off',
    kind: 'not-running',
    remedy: 'Look at the domains of the project, and deploy again: vercel --prod',
    source: 'https://vercel.com/docs/errors/deployment_not_found',
    isMarked: (answer) => answer.header('x-vercel-error').startsWith('deployment_'),
  },
  {
    vendor: 'Cloudflare',
    what: "Cloudflare Access's login",
    kind: 'sign-in',
    remedy:
      'Cloudflare Zero Trust: Access, Applications: add an application for this path with a policy whose action is Bypass, for everyone.',
    source: 'https://github.com/cloudflare/cloudflared/pull/1646 (/cdn-cgi/access/login, CF-Access-Domain)',
    isMarked: (answer) =>
      (redirecting(answer) && /\.cloudflareaccess\.com|\/cdn-cgi\/access\/login/.test(answer.header('location'))) ||
      (refusing(answer) && (answer.header('cf-access-aud') !== '' || answer.header('cf-access-domain') !== '')),
  },
  {
    vendor: 'Cloudflare',
    what: 'a challenge of Cloudflare, which only a browser can pass',
    kind: 'challenge',
    remedy: 'Cloudflare: Security, WAF: a custom rule that skips bot protection and challenges for this path.',
    source: 'https://developers.cloudflare.com/cloudflare-challenges/challenge-types/challenge-pages/detect-response',
    isMarked: (answer) => answer.header('cf-mitigated') === 'challenge',
  },
  {
    vendor: 'Cloudflare',
    what: "a block by Cloudflare's firewall",
    kind: 'challenge',
    remedy:
      'Cloudflare: Security, Events shows the rule that blocked it; a custom rule that skips it for this path lets deliveries in.',
    source: 'https://developers.cloudflare.com/rules/custom-errors/reference/error-page-types/ (waf_block)',
    isMarked: ({ status, body }) =>
      status === 403 &&
      /<title>Attention Required! \| Cloudflare|^\s*error code: 10(?:06|07|08|09|10|20)\s*$/i.test(body),
  },
  {
    vendor: 'Cloudflare',
    what: 'Cloudflare itself: nothing is connected behind it',
    kind: 'not-running',
    remedy:
      'Start the tunnel where the receiver runs (cloudflared tunnel run), or look at the DNS record that leads to the origin.',
    source:
      'https://developers.cloudflare.com/support/troubleshooting/http-status-codes/cloudflare-1xxx-errors/ (1033)',
    isMarked: ({ status, body }) => status === 530 || /error code: 10(?:16|33)\b/i.test(body),
  },
  {
    vendor: 'ngrok',
    what: "ngrok's warning page for browsers",
    kind: 'tunnel',
    remedy:
      'ngrok shows it to clients that look like browsers only; whoever sends this needs the header ngrok-skip-browser-warning, or a paid plan.',
    source: 'https://ngrok.com/docs/errors/err_ngrok_6024/',
    isMarked: (answer) => answer.header('ngrok-error-code') === 'err_ngrok_6024',
  },
  {
    vendor: 'ngrok',
    what: 'ngrok itself: the tunnel is down, or nothing listens behind it',
    kind: 'not-running',
    remedy:
      'Start the receiver, then the tunnel to its port (ngrok http 8000); a new address has to be registered again.',
    source: 'https://ngrok.com/docs/errors/ (header ngrok-error-code)',
    isMarked: (answer) => answer.header('ngrok-error-code').startsWith('err_ngrok_'),
  },
  {
    vendor: 'localtunnel',
    what: "a page that asks for a network's sign-in or, with localtunnel, for a tunnel password",
    kind: 'tunnel',
    remedy: 'Senders of webhooks cannot pass it: use another tunnel, for example cloudflared or ngrok.',
    source: 'https://github.com/localtunnel/localtunnel/issues/598',
    isMarked: ({ status, body }) => status === 511 || /loca\.lt\/mytunnelpassword/i.test(body),
  },
  {
    vendor: 'Microsoft dev tunnels',
    what: 'the sign-in of Microsoft dev tunnels',
    kind: 'sign-in',
    remedy:
      'Let anybody connect: devtunnel access create TUNNEL --anonymous; in VS Code: Ports, Port Visibility, Public.',
    source: 'https://learn.microsoft.com/azure/developer/dev-tunnels/security',
    isMarked: (answer) => redirecting(answer) && /tunnels\.api\.visualstudio\.com/.test(answer.header('location')),
  },
  {
    vendor: 'AWS WAF',
    what: 'a challenge of AWS WAF, which only a browser can pass',
    kind: 'challenge',
    remedy: 'In the web ACL: a rule with the action Allow for this path, before the one that challenges.',
    source: 'https://docs.aws.amazon.com/waf/latest/developerguide/waf-captcha-and-challenge-how-it-works.html',
    isMarked: (answer) => /^(?:challenge|captcha)$/.test(answer.header('x-amzn-waf-action')),
  },
  {
    vendor: 'Akamai',
    what: "a block by Akamai's firewall",
    kind: 'challenge',
    remedy:
      'Let this path pass in the security configuration; the reference number of the page tells which rule it was.',
    source: 'public code that recognises its block page by the address errors.edgesuite.net',
    isMarked: ({ status, body }) => status === 403 && /errors(?:\.|&#46;)edgesuite(?:\.|&#46;)net/i.test(body),
  },
  {
    vendor: 'DataDome',
    what: 'a challenge of DataDome, which only a browser can pass',
    kind: 'challenge',
    remedy: 'DataDome: exclude this path from protection, or allow the sender.',
    source:
      'public code that recognises its challenges by where they come from, captcha-delivery.com; X-DataDome alone also stands on answers that it lets through',
    isMarked: (answer) => refusing(answer) && /captcha-delivery\.com/i.test(answer.body),
  },
  {
    vendor: 'Imperva',
    what: "a block by Imperva's firewall (Incapsula)",
    kind: 'challenge',
    remedy: 'Imperva: an exception for this path; the incident id of the page tells which rule it was.',
    source: 'https://docs.capmonster.cloud/docs/captchas/incapsula/ (_Incapsula_Resource)',
    isMarked: ({ body }) => /incapsula incident id|_Incapsula_Resource/i.test(body),
  },
  {
    vendor: 'Heroku',
    what: "Heroku's error page: there is no such app, or it does not run",
    kind: 'not-running',
    remedy: 'Look at the app and its log: heroku ps, heroku logs --tail',
    source: 'https://devcenter.heroku.com/articles/error-pages',
    isMarked: ({ status, body }) => status >= 400 && /herokucdn\.com\/error-pages\//i.test(body),
  },
  {
    vendor: 'Render',
    what: 'Render itself: no instance runs behind this address',
    kind: 'not-running',
    remedy: 'Look at the service in the dashboard of Render: its events, its log, and whether it listens on PORT.',
    source: 'public bug reports (x-render-routing: no-server, hibernate-wake-error)',
    isMarked: (answer) => answer.status >= 400 && /no-server|error|suspend/.test(answer.header('x-render-routing')),
  },
  {
    vendor: 'Railway',
    what: 'Railway itself: no instance runs behind this address',
    kind: 'not-running',
    remedy:
      'Look at the service in Railway: whether it is deployed, and whether its target port is the one it listens on.',
    source: 'public bug reports (x-railway-fallback: true, with 404 or 502)',
    isMarked: (answer) => answer.status >= 400 && answer.header('x-railway-fallback') === 'true',
  },
  {
    vendor: 'Netlify',
    what: 'Netlify itself: there is no such site',
    kind: 'not-running',
    remedy: 'Look at the domain in Netlify, and deploy again: netlify deploy --prod',
    source: 'https://github.com/EdOverflow/can-i-take-over-xyz (Not Found - Request ID)',
    isMarked: ({ status, body }) => status === 404 && /^\s*not found - request id/i.test(body),
  },
  {
    vendor: 'GitHub Pages',
    what: 'GitHub Pages, where no program can run: it serves files only',
    kind: 'not-running',
    remedy: 'Deploy the receiver to a host that runs programs, and point the domain there.',
    source: 'https://github.com/EdOverflow/can-i-take-over-xyz',
    isMarked: ({ body }) => body.includes("There isn't a GitHub Pages site here"),
  },
  {
    vendor: 'nginx',
    what: "nginx's own page, as it gets no answer from the application behind it",
    kind: 'not-running',
    remedy:
      "Look whether the application runs and listens where proxy_pass points (docker compose ps, systemctl status), and in nginx's error log: it says whether the connection was refused, or closed by an application that broke.",
    source: 'https://nginx.org/en/docs/http/ngx_http_proxy_module.html',
    isMarked: (answer) => UNREACHED.has(answer.status) && isNginxPage(answer),
  },
  {
    vendor: 'nginx',
    what: "nginx's own page, by a rule of its configuration (deny, limit_except, if)",
    kind: 'challenge',
    remedy:
      "Look at the location of this path in nginx's configuration: let POST and HEAD pass (limit_except), whatever the User-Agent. A list of allowed addresses that has Intercom's stops this tool alone: then judge from an address that is on it.",
    source: 'https://nginx.org/en/docs/http/ngx_http_access_module.html',
    isMarked: (answer) => answer.status === 403 && isNginxPage(answer),
  },
];
