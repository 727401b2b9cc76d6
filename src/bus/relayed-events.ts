import type { DomainEvent } from './events.js';
import { SessionChanged } from './session-changed.js';

/** How an event travels: identifiers only. */
interface Codec<E extends DomainEvent> {
  readonly type: new (...args: never[]) => E;
  encode(event: E): string;
  decode(text: string): E;
}

/** Events that every replica must hear of: they say that something remembered is no longer true. */
const RELAYED: Readonly<Record<string, Codec<SessionChanged>>> = {
  'session-changed': {
    type: SessionChanged,
    encode: ({ sessionId }) => sessionId,
    decode: (sessionId) => new SessionChanged(sessionId),
  },
};

/** `undefined`: the event concerns this replica alone. */
export function encodeRelayed(event: DomainEvent): string | undefined {
  for (const [name, codec] of Object.entries(RELAYED))
    if (event instanceof codec.type) return `${name} ${codec.encode(event)}`;
  return undefined;
}

/** `undefined`: a newer program sent it. */
export function decodeRelayed(message: string): DomainEvent | undefined {
  const space = message.indexOf(' ');
  return RELAYED[message.slice(0, space)]?.decode(message.slice(space + 1));
}
