import express from 'express';
import { digest, isSame, PATH, type Receiver, SECRET, serveApp } from '../receiver.ts';

/** As Express's documentation would have it: the raw body on this route, its own error pages everywhere else. */
export const expressApp: Receiver = {
  name: 'Express 5',
  differs: {},
  exitCode: 0,
  start() {
    const app = express();
    app.get('/health', (_, response) => void response.json({ status: 'healthy' }));
    app.get('/intercom/health', (_, response) => void response.json({ status: 'healthy', intercom_configured: true }));
    app.head(PATH, (_, response) => void response.sendStatus(200));
    app.post(PATH, express.raw({ type: '*/*', limit: '2mb' }), (request, response) => {
      const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      const signature = request.get('X-Hub-Signature');
      const algorithm = signature?.startsWith('sha256=') ? 'sha256' : 'sha1';
      response.sendStatus(isSame(signature, digest(algorithm, SECRET, body)) ? 200 : 401);
    });
    return serveApp(app);
  },
};
