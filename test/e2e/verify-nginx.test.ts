import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Status } from '../../src/verify/check.ts';
import { listen, plainApp, SECRET } from '../receivers/receiver.ts';
import { createCertificate } from '../support/certificates.ts';
import { runCli, temporaryFolder } from '../support/cli.ts';
import { freePort } from '../support/hostile-server.ts';
import { expectValid } from '../support/schemas.ts';
import { createLab } from '../support/tls-lab.ts';

const HOST = 'receiver.example.com';
const lab = createLab();
const certificate = createCertificate({ commonName: HOST, names: [HOST], issuer: lab.intermediate });

/** A correct receiver behind nginx on TLS, with more lines for its server block, and outside of it. */
async function behindNginx(location: string, http = ''): Promise<{ port: number; folder: string }> {
  const { url, close } = await listen(createServer(plainApp()));
  onTestFinished(close);
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'tmp'));
  const port = await freePort();
  writeFileSync(join(folder, 'fullchain.pem'), certificate.pem + lab.intermediate.pem);
  writeFileSync(join(folder, 'key.pem'), certificate.keyPem);
  writeFileSync(join(folder, 'ca.pem'), lab.root.pem);
  writeFileSync(
    join(folder, 'nginx.conf'),
    `daemon off; pid ${folder}/pid; error_log ${folder}/error.log; worker_processes 1;
     events { worker_connections 256; }
     http {
       access_log off; client_body_temp_path ${folder}/tmp; proxy_temp_path ${folder}/tmp;
       fastcgi_temp_path ${folder}/tmp; uwsgi_temp_path ${folder}/tmp; scgi_temp_path ${folder}/tmp;
       client_max_body_size 2m; client_body_buffer_size 1m;
       ${http}
       upstream app { server ${new URL(url).host}; keepalive 8; }
       server {
         listen 127.0.0.1:${port} ssl;
         ssl_certificate ${folder}/fullchain.pem; ssl_certificate_key ${folder}/key.pem;
         add_header X-Content-Type-Options nosniff always;
         add_header Strict-Transport-Security max-age=31536000 always;
         ${location}
       }
     }`,
  );
  const nginx = spawn('nginx', ['-c', join(folder, 'nginx.conf'), '-p', folder], { stdio: 'ignore' });
  onTestFinished(() => stop(nginx));
  await untilOpen(port, nginx);
  return { port, folder };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'exit');
}

async function untilOpen(port: number, child: ChildProcess): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error('nginx ended');
    const socket = connect(port, '127.0.0.1');
    const isOpen = await new Promise((done) => {
      socket.once('connect', () => done(true)).once('error', () => setTimeout(done, 20, false));
    });
    socket.destroy();
    if (isOpen === true) return;
  }
}

interface Told {
  readonly code: number | null;
  readonly bad: readonly string[];
  readonly message: (id: string) => string;
}

async function judged(location: string, http = ''): Promise<Told> {
  const { port, folder } = await behindNginx(location, http);
  const args = [
    'verify',
    `https://${HOST}:${port}/intercom/webhook`,
    '--resolve',
    `${HOST}:127.0.0.1`,
    '--ca',
    'ca.pem',
  ];
  const run = await runCli([...args, '--json'], { cwd: folder, env: { INTERCOM_WEBHOOK_SECRET: SECRET } });
  const { checks } = expectValid(run.stdout, 'verify') as unknown as {
    checks: { id: string; status: Status; message: string }[];
  };
  return {
    code: run.code,
    bad: checks.flatMap(({ id, status }) => (status === 'pass' || status === 'skip' ? [] : [`${id} ${status}`])),
    message: (id) => checks.find((check) => check.id === id)?.message ?? '',
  };
}

const PASS =
  'proxy_pass http://app; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header Host $host;';

describe('a correct receiver behind nginx gets no blame', () => {
  test.each<[string, string, string?]>([
    ['that hands everything on', `location / { ${PASS} }`],
    [
      'that hands on three paths and forbids all others',
      `location = /intercom/webhook { ${PASS} } location = /intercom/health { ${PASS} } location = /health { ${PASS} } location / { return 403; }`,
    ],
    [
      'that has pages of its own for what is refused',
      `proxy_intercept_errors on; error_page 401 403 404 /sorry.html; location = /sorry.html { internal; default_type text/html; return 401 "<html><h1>Sorry</h1></html>"; } location / { ${PASS} }`,
    ],
    [
      'that says who else it is, as a CDN does',
      `location / { ${PASS} add_header CF-RAY 8f00-FRA always; add_header cf-cache-status DYNAMIC always; add_header X-DataDome protected always; add_header Set-Cookie "__cf_bm=x; path=/" always; add_header X-Iinfo 1-2-3 always; add_header x-vercel-id fra1::x always; }`,
    ],
    ['that compresses', `gzip on; gzip_types *; gzip_min_length 1; location / { ${PASS} }`],
    ['that closes every connection', `keepalive_timeout 0; location / { ${PASS} }`],
    [
      'that limits the rate, and says 503',
      `location / { limit_req zone=some burst=12 nodelay; ${PASS} }`,
      'limit_req_zone $binary_remote_addr zone=some:1m rate=15r/s;',
    ],
  ])('%s', async (_name, location, http) => {
    const { code, bad } = await judged(location, http);
    expect([code, bad]).toEqual([0, []]);
  });
});

describe('nginx in the way is named', () => {
  test('by its login', async () => {
    const { code, bad, message } = await judged(
      `auth_basic "staging"; auth_basic_user_file /dev/null; location / { ${PASS} }`,
    );
    expect(bad).toContain('endpoint/reaches-receiver fail');
    expect(message('endpoint/reaches-receiver')).toContain('it asks for a login (WWW-Authenticate: Basic)');
    expect(code).toBe(1);
  });

  test('by its rule against tools, which lets Intercom through, and the run goes on as Intercom', async () => {
    const { code, bad, message } = await judged(
      `if ($http_user_agent ~ propiq) { return 403; } location / { ${PASS} }`,
    );
    expect(message('endpoint/reaches-receiver')).toContain("but not Intercom's User-Agent");
    expect(bad).toEqual(['endpoint/reaches-receiver warn']);
    expect(message('signature/accepted')).toContain('with sha1');
    expect(code).toBe(0);
  });

  test('by the path that it changes', async () => {
    const { bad } = await judged(
      `location = /intercom/webhook { return 308 https://$host/intercom/webhook/; } location / { ${PASS} }`,
    );
    expect(bad).toEqual(['http/no-redirect fail']);
  });

  test('by the application that is down behind it', async () => {
    const { bad } = await judged('location / { proxy_pass http://127.0.0.1:1; }');
    expect(bad).toContain('endpoint/reaches-receiver fail');
  });
});
