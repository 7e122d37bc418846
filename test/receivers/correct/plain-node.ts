import { plainApp, type Receiver, serveApp } from '../receiver.ts';

export const plainNode: Receiver = {
  name: 'plain node:http',
  start: () => serveApp(plainApp()),
  differs: {},
  exitCode: 0,
};
