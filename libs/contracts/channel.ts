/** Longest name of a channel instance, in characters. */
export const CHANNEL_NAME_MAX_CHARS = 100;

/** Longest id of a chat, a topic or a person, in characters: owners and session keys are made of them. */
export const CHAT_ID_MAX_CHARS = 100;

/** Longest id of a message, in characters. */
export const PLATFORM_MESSAGE_ID_MAX_CHARS = 255;

/** A place of a chat platform where people and agents talk. */
export interface ChatRef {
  /** The platform's immutable id. */
  readonly id: string;
  readonly kind: 'direct' | 'group';
  /** Topic of a forum. */
  readonly threadId?: string;
}

/** Who wrote a message: the platform's immutable id, and what people see. */
export interface ChatSender {
  readonly id: string;
  readonly name?: string;
}

/** A message as it came from a platform. */
export interface InboundMessage {
  /** Unique in the channel instance: a message that comes again is recognised by it. */
  readonly platformMessageId: string;
  readonly chat: ChatRef;
  readonly sender: ChatSender;
  readonly text: string;
  /** By the platform's clock, ISO 8601. */
  readonly sentAt?: string;
}

/** A message on its way to a platform. */
export interface OutboundMessage {
  /** The same for every attempt at this message. */
  readonly deliveryKey: string;
  readonly chat: ChatRef;
  readonly text: string;
  /** The platform's id of the message that is answered. */
  readonly replyTo?: string;
}

/** The platform has it. `receipt` is the platform's id of the new message, ≤ 255 characters. */
export interface DeliveryReceipt {
  readonly receipt?: string;
}

/**
 * Resolves when the message is durable, also for one that came before: only then may it be acknowledged to the
 * platform. Rejects when it could not be kept: nothing may be acknowledged then, and the message must come again.
 */
export type InboundSink = (message: InboundMessage) => Promise<void>;

/**
 * Port: one account on one chat platform. Found by its mark, see {@link DefineChannel}.
 *
 * Duties. `receive` is called by one replica at a time, as well as that can be known: after the loss of a connection
 * two may poll for some seconds, and neither may break the other. It hands on the messages of one chat in their order,
 * waiting for the sink between two. `send` is called by any replica, concurrently for different chats, never for one
 * chat. Nothing is repeated inside: repeating, backing off and giving up are the caller's. Both end promptly when
 * their signal aborts.
 */
export interface Channel {
  /**
   * Unique in the deployment and the same after every restart: letters, digits and `. _ - /`, at most
   * {@link CHANNEL_NAME_MAX_CHARS} of them.
   */
  readonly name: string;
  /** Kind of platform, e.g. `telegram`. */
  readonly platform: string;
  /** Key of the agent that answers; absent: the default agent. */
  readonly agentKey?: string;
  readonly delivery: {
    /** The platform shows a message once, however often it is sent with one `deliveryKey`. */
    readonly idempotent: boolean;
  };
  /**
   * Polls or subscribes until `signal` aborts, and resolves then. When it throws, or resolves before, it is called
   * again after a pause.
   */
  receive(sink: InboundSink, signal: AbortSignal): Promise<void>;
  /** One attempt. @throws ChannelError; whatever else it throws counts as `unknown`. */
  send(message: OutboundMessage, signal: AbortSignal): Promise<DeliveryReceipt>;
}

const CHANNEL = Symbol('goclaw:channel');

/** Marks a class as a channel; every instance of it that a module provides is one. */
export function DefineChannel(): <T extends new (...args: never[]) => Channel>(target: T) => void {
  return (target) => {
    Object.defineProperty(target, CHANNEL, { value: true });
  };
}

/** Whether this is an instance of a class marked by {@link DefineChannel}. */
export function isChannel(instance: unknown): instance is Channel {
  if (typeof instance !== 'object' || instance === null) return false;
  return Reflect.get(instance.constructor ?? Object, CHANNEL) === true;
}
