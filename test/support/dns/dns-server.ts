import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

const HEADER_BYTES = 12;
const TYPE_A = 1;
const TYPE_AAAA = 28;
const ANSWER_FLAGS = 0x8180;
const NAME_ERROR = 3;
/** Points to the name of the question, right behind the header. */
const QUESTION_NAME = 0xc00c;

/** What a name has at one question: addresses of both versions. */
type DnsAnswer = readonly string[];

/**
 * A name server on loopback. Each name has a list of answers: the n-th question for its addresses of version 4 gets the
 * n-th of them, the last one stays. A name that it was not told of does not exist; `silent` names get no answer at all.
 */
export class DnsServer implements AsyncDisposable {
  /** Names in the order in which they were asked for, version 4 only. */
  readonly asked: string[] = [];
  readonly silent = new Set<string>();
  private readonly names = new Map<string, readonly DnsAnswer[]>();
  private readonly counts = new Map<string, number>();

  private constructor(private readonly socket: Socket) {
    socket.on('message', (message, peer) => {
      const answer = this.answer(message);
      if (answer) socket.send(answer, peer.port, peer.address);
    });
  }

  static async start(): Promise<DnsServer> {
    const socket = createSocket('udp4');
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    return new DnsServer(socket);
  }

  /** As `tools.network.dns_servers` takes it. */
  get address(): string {
    return `127.0.0.1:${this.socket.address().port}`;
  }

  set(name: string, ...answers: DnsAnswer[]): void {
    this.names.set(name, answers);
    this.counts.delete(name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.socket.close();
    await once(this.socket, 'close');
  }

  private answer(message: Buffer): Buffer | undefined {
    const { name, end } = readName(message);
    const type = message.readUInt16BE(end);
    if (this.silent.has(name)) return undefined;
    const question = message.subarray(HEADER_BYTES, end + 4);
    const addresses = this.next(name, type);
    const wanted = (addresses ?? []).filter((address) => (isIP(address) === 4 ? TYPE_A : TYPE_AAAA) === type);
    const header = Buffer.alloc(HEADER_BYTES);
    header.writeUInt16BE(message.readUInt16BE(0), 0);
    header.writeUInt16BE(ANSWER_FLAGS | (addresses ? 0 : NAME_ERROR), 2);
    header.writeUInt16BE(1, 4);
    header.writeUInt16BE(wanted.length, 6);
    return Buffer.concat([header, question, ...wanted.map((address) => record(address, type))]);
  }

  private next(name: string, type: number): DnsAnswer | undefined {
    const answers = this.names.get(name);
    const count = this.counts.get(name) ?? 0;
    if (type === TYPE_A) {
      this.asked.push(name);
      this.counts.set(name, count + 1);
    }
    return answers?.[Math.min(count, answers.length - 1)];
  }
}

function readName(message: Buffer): { readonly name: string; readonly end: number } {
  const labels: string[] = [];
  let at = HEADER_BYTES;
  for (let length = message[at] ?? 0; length > 0; length = message[at] ?? 0) {
    labels.push(message.toString('latin1', at + 1, at + 1 + length));
    at += length + 1;
  }
  return { name: labels.join('.').toLowerCase(), end: at + 1 };
}

/** With a lifetime of nothing: whoever asks again gets the next answer. */
function record(address: string, type: number): Buffer {
  const bytes = Buffer.from(ipaddr.parse(address).toByteArray());
  const head = Buffer.alloc(HEADER_BYTES);
  head.writeUInt16BE(QUESTION_NAME, 0);
  head.writeUInt16BE(type, 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt16BE(bytes.length, 10);
  return Buffer.concat([head, bytes]);
}
