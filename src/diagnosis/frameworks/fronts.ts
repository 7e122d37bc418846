import { type Front, hasHeader } from '../framework.ts';

/**
 * What stands in front of applications: whose panel the secret is set in. Most telling first. `read -rs` waits for the secret
 * without showing it, so that it stands in no history of a shell.
 */
export const FRONTS: readonly Front[] = [
  {
    id: 'azure',
    name: 'Azure App Service',
    recognise: (answers, host) =>
      host.endsWith('.azurewebsites.net') ||
      hasHeader(answers, 'set-cookie', /^ARRAffinity/) ||
      hasHeader(answers, 'x-ms-middleware-request-id'),
    setSecret:
      'read -rs SECRET && az webapp config appsettings set --resource-group <group> --name <app> --settings INTERCOM_WEBHOOK_SECRET="$SECRET"',
  },
  {
    id: 'vercel',
    name: 'Vercel',
    recognise: (answers) => hasHeader(answers, 'x-vercel-id') || hasHeader(answers, 'server', /^Vercel$/i),
    setSecret:
      'read -rs SECRET && vercel env rm INTERCOM_WEBHOOK_SECRET production --yes && printf %s "$SECRET" | vercel env add INTERCOM_WEBHOOK_SECRET production && vercel --prod',
  },
  {
    id: 'ngrok',
    name: 'ngrok',
    recognise: (answers, host) =>
      /\.ngrok(?:-free)?\.(?:app|dev|io)$/.test(host) || hasHeader(answers, 'ngrok-error-code'),
  },
  {
    id: 'cloudflare',
    name: 'Cloudflare',
    recognise: (answers) => hasHeader(answers, 'cf-ray') || hasHeader(answers, 'server', /^cloudflare$/i),
  },
  {
    id: 'nginx',
    name: 'nginx',
    recognise: (answers) => hasHeader(answers, 'server', /^nginx/i),
  },
];
