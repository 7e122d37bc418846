import { pythonApp } from '../python-app.ts';
import { all, BEHIND_REDIRECT, DELIVERIES, type Receiver } from '../receiver.ts';

/** What is typical of FastAPI and Flask. */
export const python: readonly Receiver[] = [
  pythonApp("FastAPI, after PropIQ's guide", 'fastapi_guide', 'uvicorn', {
    differs: { 'endpoint/head': 'fail', 'endpoint/malformed-signature-rejected': 'fail', 'signature/sha1': 'fail' },
    exitCode: 1,
    diagnosis: ['sha256-only', 'head-refused'],
  }),
  pythonApp('FastAPI, signs compact JSON written anew', 'fastapi_compact_json', 'uvicorn', {
    differs: { 'signature/raw-body': 'fail' },
    exitCode: 1,
    diagnosis: ['body-python-compact'],
  }),
  pythonApp('FastAPI, with a model whose id is never null', 'fastapi_model', 'uvicorn', {
    differs: { 'delivery/null-id': 'fail' },
    exitCode: 1,
    diagnosis: ['null-id'],
  }),
  pythonApp('Flask, signs json.dumps of the body', 'flask_dumps', 'werkzeug', {
    differs: { 'signature/accepted': 'fail', ...all('skip', DELIVERIES), 'delivery/content-type': 'skip' },
    exitCode: 1,
    diagnosis: ['body-python'],
  }),
  pythonApp('Flask, with a slash at the end of the route', 'flask_trailing_slash', 'werkzeug', {
    differs: { 'http/no-redirect': 'fail', ...all('skip', BEHIND_REDIRECT) },
    exitCode: 1,
    diagnosis: ['redirected'],
  }),
];
