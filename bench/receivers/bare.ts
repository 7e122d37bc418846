import { createServer } from 'node:http';

/** The floor: reads the body and answers. */
const server = createServer((request, response) => {
  request.on('data', () => undefined);
  request.on('end', () => {
    response.setHeader('Content-Type', 'application/json');
    response.end('{"status":"received"}');
  });
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`${JSON.stringify(server.address())}\n`));
