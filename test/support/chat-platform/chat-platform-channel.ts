import {
  type Channel,
  ChannelError,
  DefineChannel,
  type DeliveryReceipt,
  type InboundMessage,
  type InboundSink,
  type OutboundMessage,
} from '#contracts';
import { asRecord, records, text } from '../llm/json.js';
import { CHAT_TOKEN, type SendBody } from './wire.js';

export interface ChatPlatformAccount {
  readonly name: string;
  readonly url: string;
  /** Whether the platform knows messages again by their keys. */
  readonly idempotent: boolean;
  /** Longest wait for the answer to a send. */
  readonly timeoutMs: number;
}

const LONG_POLL_S = 5;
/** Longer than the platform may take to say that there is nothing new. */
const POLL_TIMEOUT_MS = 10_000;

/** Statuses by which the platform says that it did not take the message and may take it later. */
const NOT_TAKEN: ReadonlySet<number> = new Set([429, 503]);

/** Codes of connections that never came about. */
const NEVER_SENT: ReadonlySet<unknown> = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN']);

/** An account on the chat platform for tests. Without decorators, so that Node runs it as it is. */
export class ChatPlatformChannel implements Channel {
  readonly platform = 'test';
  readonly name: string;
  readonly delivery: Channel['delivery'];
  private readonly account: ChatPlatformAccount;

  constructor(account: ChatPlatformAccount) {
    this.account = account;
    this.name = account.name;
    this.delivery = { idempotent: account.idempotent };
  }

  async receive(sink: InboundSink, signal: AbortSignal): Promise<void> {
    let after = '';
    while (!signal.aborted) {
      const limit = AbortSignal.any([signal, AbortSignal.timeout(POLL_TIMEOUT_MS)]);
      const response = await this.request(`/updates?timeout=${LONG_POLL_S}${after}`, { signal: limit });
      if (!response.ok) throw new Error(`the platform answered ${response.status}`);
      const updates = records(asRecord(await response.json())['updates']);
      await keepAll(
        updates.map((update) => inboundMessage(asRecord(update['message']))),
        sink,
      );
      const last = updates.at(-1);
      if (last) after = `&after=${String(last['offset'])}`;
    }
  }

  async send(message: OutboundMessage, signal: AbortSignal): Promise<DeliveryReceipt> {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(this.account.timeoutMs)]);
    const body = JSON.stringify(this.sendBody(message));
    const response = await this.request('/messages', { method: 'POST', body, signal: limit }).catch(failed);
    if (!response.ok) throw refusal(response);
    return { receipt: text(asRecord(await response.json().catch(failed))['id']) };
  }

  private sendBody({ deliveryKey, chat, text: words, replyTo }: OutboundMessage): SendBody {
    return {
      ...(this.account.idempotent && { key: deliveryKey }),
      chat: chat.id,
      ...(chat.threadId !== undefined && { topic: chat.threadId }),
      text: words,
      ...(replyTo !== undefined && { replyTo }),
    };
  }

  private request(path: string, init: RequestInit): Promise<Response> {
    const headers = { authorization: `Bearer ${CHAT_TOKEN}`, 'user-agent': `gateway-${process.pid}` };
    return fetch(`${this.account.url}${path}`, { ...init, headers });
  }
}

DefineChannel()(ChatPlatformChannel);

/** Chats at the same time, the messages of each in their order. Rejects when one could not be kept. */
async function keepAll(messages: readonly InboundMessage[], sink: InboundSink): Promise<void> {
  const chats = Map.groupBy(messages, ({ chat }) => chat.id);
  const keeping = [...chats.values()].map(async (ofChat) => {
    for (const message of ofChat) await sink(message);
  });
  await Promise.all(keeping);
}

function inboundMessage(message: Readonly<Record<string, unknown>>): InboundMessage {
  const chat = asRecord(message['chat']);
  const from = asRecord(message['from']);
  return {
    platformMessageId: text(message['id']),
    chat: {
      id: text(chat['id']),
      kind: chat['kind'] === 'group' ? 'group' : 'direct',
      ...(typeof chat['topic'] === 'string' && { threadId: chat['topic'] }),
    },
    sender: { id: text(from['id']), ...(typeof from['name'] === 'string' && { name: from['name'] }) },
    text: text(message['text']),
    sentAt: text(message['date']),
  };
}

function refusal(response: Response): ChannelError {
  const problem = `the platform answered ${response.status}`;
  if (NOT_TAKEN.has(response.status)) {
    const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
    return new ChannelError('retry', problem, Number.isNaN(seconds) ? {} : { retryAfterMs: seconds * 1_000 });
  }
  return new ChannelError(response.status < 500 ? 'rejected' : 'unknown', problem);
}

function failed(error: unknown): never {
  const code: unknown = Reflect.get(Object(Reflect.get(Object(error) as object, 'cause')) as object, 'code');
  throw new ChannelError(NEVER_SENT.has(code) ? 'retry' : 'unknown', String(error), { cause: error });
}
