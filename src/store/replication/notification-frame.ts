import { isUuid } from '#kernel';

/** PostgreSQL takes fewer than 8,000 bytes for the payload of a notification. */
const FRAME_MAX_BYTES = 7_900;

/** Room for sender, number and line break. */
const HEADER_MAX_BYTES = 60;

/** Number of a frame that comes with the commit of a transaction: whenever that is, and if it is. */
export const UNNUMBERED = 0;

export interface FramedMessage {
  readonly topic: string;
  readonly message: string;
}

/** What one notification of PostgreSQL carries. */
export interface NotificationFrame {
  readonly sender: string;
  /** Grows by one with every frame of a sender: a hole means that something was lost. {@link UNNUMBERED}: out of order. */
  readonly number: number;
  readonly messages: readonly FramedMessage[];
}

/** Packs messages, in their order, into as few frames as take them. The first frame gets `firstNumber`; of {@link UNNUMBERED} all. */
export function packFrames(
  sender: string,
  firstNumber: number,
  messages: readonly FramedMessage[],
): readonly string[] {
  const bodies: string[] = [];
  let room = 0;
  for (const { topic, message } of messages) {
    // Lengths instead of a separator or JSON: nothing in a message has to be escaped, so its size is known.
    const part = `${topic} ${message.length} ${message}`;
    const bytes = Buffer.byteLength(part);
    if (bodies.length === 0 || bytes > room) {
      bodies.push('');
      room = FRAME_MAX_BYTES - HEADER_MAX_BYTES;
    }
    bodies[bodies.length - 1] += part;
    room -= bytes;
  }
  const numberOf = (index: number): number => (firstNumber === UNNUMBERED ? UNNUMBERED : firstNumber + index);
  return bodies.map((body, index) => `${sender} ${numberOf(index)}\n${body}`);
}

/** `undefined` for what is not a frame: anybody who may connect to the database can send to the channel. */
export function readFrame(payload: string): NotificationFrame | undefined {
  const headerEnd = payload.indexOf('\n');
  const [sender = '', number = ''] = payload.slice(0, Math.max(headerEnd, 0)).split(' ');
  if (!isUuid(sender) || !/^\d{1,15}$/.test(number)) return undefined;
  const messages = readMessages(payload.slice(headerEnd + 1));
  return messages && { sender, number: Number(number), messages };
}

function readMessages(body: string): FramedMessage[] | undefined {
  const messages: FramedMessage[] = [];
  for (let at = 0; at < body.length;) {
    const head = /^([a-z]{1,20}) (\d{1,5}) /.exec(body.slice(at, at + 30));
    const [whole = '', topic = '', size = ''] = head ?? [];
    const begin = at + whole.length;
    at = begin + Number(size);
    if (!head || at > body.length) return undefined;
    messages.push({ topic, message: body.slice(begin, at) });
  }
  return messages;
}
