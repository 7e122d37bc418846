import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { openDatabase } from '../../../../src/adapters/stores/postgres-database.ts';

const AUTHENTICATED = message('R', Buffer.from([0, 0, 0, 0]));
const READY = message('Z', Buffer.from('I'));
const ENDED = message(
  'E',
  Buffer.from('SFATAL\0C57P01\0Mterminating connection due to administrator command\0\0', 'latin1'),
);

test('a server that stops in the moment in which it let a connection in is a failure of that statement', async () => {
  // one write, so that both messages are read in one turn: it is ended before whoever waits for it has it
  const port = await server((socket) => void socket.end(Buffer.concat([AUTHENTICATED, READY, ENDED])));
  const database = openDatabase({
    host: '127.0.0.1',
    port,
    database: 'inbox',
    user: 'propiq',
    password: undefined,
    ssl: false,
    shown: 'postgres://propiq@127.0.0.1/inbox',
  });
  onTestFinished(() => database.close());
  await expect(database.run('select 1')).rejects.toMatchObject({ code: 'inbox/unreachable' });
});

/** One message of a PostgreSQL server: its type, its length with that number, its content. */
function message(type: string, content: Uint8Array): Buffer {
  const head = Buffer.alloc(5);
  head.write(type, 'latin1');
  head.writeInt32BE(content.length + 4, 1);
  return Buffer.concat([head, content]);
}

/** Answers the first that a client says. @returns the port */
async function server(answer: (socket: Socket) => void): Promise<number> {
  const listening = createServer((socket) => {
    socket.on('error', () => undefined).once('data', () => answer(socket));
  });
  onTestFinished(() => void listening.close());
  await once(listening.listen(0, '127.0.0.1'), 'listening');
  return (listening.address() as AddressInfo).port;
}
