import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { cleanEnv, type Finished, PROGRAM, temporaryFolder } from './cli.ts';

type Family = 'A' | 'AAAA';

/** What the server says of one name. */
export interface Zone {
  readonly A?: readonly string[];
  readonly AAAA?: readonly string[];
  /** Answered in place of all else. */
  readonly CNAME?: string;
  /** An error code in place of an answer, for every question or for one kind. */
  readonly fails?: 'SERVFAIL' | 'REFUSED' | Partial<Record<Family, 'SERVFAIL' | 'REFUSED'>>;
  /** Kinds of question that get no answer at all. */
  readonly silent?: readonly Family[];
}

const TYPES: Readonly<Record<number, Family | 'CNAME'>> = { 1: 'A', 28: 'AAAA', 5: 'CNAME' };
const CODES = { SERVFAIL: 2, NXDOMAIN: 3, REFUSED: 5 } as const;

export interface DnsLab {
  /** The questions that came: `A receiver.example.com`. */
  readonly asked: string[];
  /** Runs the program with this server in its /etc/resolv.conf, and with these lines in its /etc/hosts. */
  run(args: readonly string[], env: Readonly<Record<string, string>>, hosts?: string): Promise<Finished>;
}

/**
 * A DNS server on loopback, on UDP and TCP. Names that it has no zone for do not exist. The program is pointed at it as a
 * user's would be, by /etc/resolv.conf: in a mount namespace of its own, which takes root. The system is told to wait for
 * minutes, so that a program which waits with it is noticed.
 */
export async function dnsLab(zones: Readonly<Record<string, Zone>>): Promise<DnsLab> {
  const asked: string[] = [];
  const address = await listen(zones, asked);
  const folder = temporaryFolder();
  const conf = join(folder, 'resolv.conf');
  writeFileSync(conf, `nameserver ${address}\noptions attempts:5 timeout:30\n`);
  return {
    asked,
    async run(args, env, hosts = '') {
      const hostsFile = join(folder, 'hosts');
      writeFileSync(hostsFile, `127.0.0.1 localhost\n${hosts}`);
      const script = 'mount --bind "$1" /etc/resolv.conf && mount --bind "$2" /etc/hosts && shift 2 && exec "$@"';
      const child = spawn('unshare', ['-m', 'sh', '-c', script, 'sh', conf, hostsFile, PROGRAM, ...args], {
        cwd: folder,
        env: cleanEnv(folder, env),
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      onTestFinished(() => void child.kill('SIGKILL'));
      const out: Buffer[] = [];
      const err: Buffer[] = [];
      child.stdout.on('data', (part: Buffer) => out.push(part));
      child.stderr.on('data', (part: Buffer) => err.push(part));
      const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
      const stdoutBytes = Buffer.concat(out);
      return { stdout: stdoutBytes.toString(), stdoutBytes, stderr: Buffer.concat(err).toString(), code, signal };
    },
  };
}

/** On an address of its own, as resolv.conf knows no ports. */
async function listen(zones: Readonly<Record<string, Zone>>, asked: string[]): Promise<string> {
  const reply = (question: Buffer): Buffer | undefined => answer(question, zones, asked);
  for (;;) {
    const address = `127.66.${byte()}.${byte()}`;
    const udp = createSocket('udp4');
    udp.on('message', (question, { port, address: to }) => {
      const message = reply(question);
      if (message) udp.send(message, port, to);
    });
    const tcp = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', (part: Buffer) => {
        const message = reply(part.subarray(2));
        if (message) socket.end(Buffer.concat([Buffer.of(message.length >> 8, message.length & 255), message]));
      });
    });
    try {
      udp.bind(53, address);
      tcp.listen(53, address);
      await Promise.all([once(udp, 'listening'), once(tcp, 'listening')]);
    } catch (error) {
      udp.close();
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
      continue;
    }
    onTestFinished(() => {
      udp.close();
      tcp.close();
    });
    return address;
  }
}

const byte = (): number => 1 + Math.floor(Math.random() * 250);

function answer(question: Buffer, zones: Readonly<Record<string, Zone>>, asked: string[]): Buffer | undefined {
  const labels: string[] = [];
  let at = 12;
  for (let length = question[at] ?? 0; length > 0; length = question[at] ?? 0) {
    labels.push(question.toString('latin1', at + 1, at + 1 + length));
    at += length + 1;
  }
  const name = labels.join('.').toLowerCase();
  const type = TYPES[question.readUInt16BE(at + 1)];
  const asking = question.subarray(12, at + 5);
  asked.push(`${type ?? 'other'} ${name}`);
  const zone = zones[name];
  const of = (fails: Zone['fails']): 'SERVFAIL' | 'REFUSED' | undefined =>
    typeof fails === 'string' ? fails : type === 'A' || type === 'AAAA' ? fails?.[type] : undefined;
  if (zone?.silent?.some((kind) => kind === type)) return undefined;
  const failure = of(zone?.fails);
  if (failure) return message(question, asking, CODES[failure], []);
  if (zone === undefined) return message(question, asking, CODES.NXDOMAIN, []);
  return message(question, asking, ...follow(name, type, zones));
}

/** The chain of aliases and what stands at its end, as a resolver answers. */
function follow(
  name: string,
  type: Family | 'CNAME' | undefined,
  zones: Readonly<Record<string, Zone>>,
): [code: number, records: Buffer[]] {
  const zone = zones[name];
  if (zone === undefined) return [CODES.NXDOMAIN, []];
  if (zone.CNAME !== undefined) {
    const alias = record(name, 5, encodeName(zone.CNAME));
    if (type === 'CNAME') return [0, [alias]];
    const [code, records] = follow(zone.CNAME, type, zones);
    return [code, [alias, ...records]];
  }
  if (type === 'A') return [0, (zone.A ?? []).map((ip) => record(name, 1, Buffer.from(ip.split('.').map(Number))))];
  if (type === 'AAAA') return [0, (zone.AAAA ?? []).map((ip) => record(name, 28, encodeIPv6(ip)))];
  return [0, []];
}

function message(question: Buffer, asking: Buffer, code: number, records: readonly Buffer[]): Buffer {
  const head = Buffer.alloc(12);
  question.copy(head, 0, 0, 2);
  head.writeUInt16BE(0x8180 | code, 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt16BE(records.length, 6);
  return Buffer.concat([head, asking, ...records]);
}

function record(name: string, type: number, data: Buffer): Buffer {
  const fixed = Buffer.alloc(10);
  fixed.writeUInt16BE(type, 0);
  fixed.writeUInt16BE(1, 2);
  fixed.writeUInt32BE(60, 4);
  fixed.writeUInt16BE(data.length, 8);
  return Buffer.concat([encodeName(name), fixed, data]);
}

function encodeName(name: string): Buffer {
  const labels = name.split('.').map((label) => Buffer.concat([Buffer.of(label.length), Buffer.from(label)]));
  return Buffer.concat([...labels, Buffer.of(0)]);
}

function encodeIPv6(address: string): Buffer {
  const [head = '', tail] = address.split('::');
  const groups = (text: string): number[] =>
    text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16));
  const [before, after] = [groups(head), groups(tail ?? '')];
  const all = [...before, ...Array<number>(8 - before.length - after.length).fill(0), ...after];
  return Buffer.from(all.flatMap((group) => [group >> 8, group & 255]));
}
