import { VERSION } from '#kernel';
import type { AccessRule } from '#permissions';
import { PROTOCOL_VERSION } from '#protocol';
import protocol from './protocol.schema.json' with { type: 'json' };

/** A piece of JSON schema, or of the document. */
export type Json = { readonly [key: string]: unknown };

interface MethodShape {
  readonly description?: string;
  readonly params?: Json;
  readonly result?: Json;
}

const METHODS = protocol.methods as Readonly<Record<string, MethodShape>>;
const EVENTS = protocol.events as Readonly<Record<string, { description?: string; payload?: Json }>>;

const CHANNEL = '#/channels/socket';
const FRAME_ID = { type: ['string', 'integer'], description: 'Chosen by the client, echoed as it came.' };

/** A method that this gateway answers. */
export interface DocumentedMethod {
  readonly name: string;
  readonly rule: AccessRule;
}

/** The AsyncAPI document of the socket: methods as requests with replies, events as what the gateway sends. */
export function asyncApi(methods: readonly DocumentedMethod[], host: string): Json {
  const events = Object.keys(EVENTS);
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'GoClaw WebSocket protocol',
      version: VERSION,
      description: `Protocol v${PROTOCOL_VERSION}: JSON text frames over one socket. The first request is \`connect\`; it says who the socket is. Every request has exactly one response with its id, in any order; events come in between, numbered by \`seq\` without gaps.`,
      license: { name: 'MIT' },
    },
    defaultContentType: 'application/json',
    servers: { gateway: { host, protocol: 'ws', pathname: '/ws', description: 'This gateway.' } },
    channels: {
      socket: {
        address: '/ws',
        title: 'The socket',
        messages: Object.fromEntries(
          [
            ...methods.flatMap(({ name }) => [`${name}.request`, `${name}.response`]),
            ...events.map((name) => `event.${name}`),
          ].map((name) => [name, { $ref: `#/components/messages/${name}` }]),
        ),
      },
    },
    operations: {
      ...Object.fromEntries(methods.map((method) => [method.name, operationOf(method)])),
      ...Object.fromEntries(events.map((name) => [`event.${name}`, sendOf(name)])),
    },
    components: {
      messages: {
        ...Object.fromEntries(methods.flatMap(({ name }) => messagesOf(name))),
        ...Object.fromEntries(events.map((name) => [`event.${name}`, eventMessage(name)])),
      },
      schemas: protocol.schemas,
    },
  };
}

function operationOf({ name, rule }: DocumentedMethod): Json {
  const { description } = METHODS[name] ?? {};
  const { role, scope, ownership, mode } = rule;
  return {
    action: 'receive',
    channel: { $ref: CHANNEL },
    title: name,
    ...(description !== undefined && { summary: description }),
    messages: [{ $ref: `${CHANNEL}/messages/${name}.request` }],
    reply: { channel: { $ref: CHANNEL }, messages: [{ $ref: `${CHANNEL}/messages/${name}.response` }] },
    'x-access': { role, ...(scope && { scope }), ...(ownership && { ownership }), ...(mode && { mode }) },
  };
}

function sendOf(event: string): Json {
  const { description } = EVENTS[event] ?? {};
  return {
    action: 'send',
    channel: { $ref: CHANNEL },
    title: event,
    ...(description !== undefined && { summary: description }),
    messages: [{ $ref: `${CHANNEL}/messages/event.${event}` }],
  };
}

function messagesOf(name: string): [string, Json][] {
  const { params, result } = METHODS[name] ?? {};
  const request = object(
    { type: { const: 'req' }, id: FRAME_ID, method: { const: name }, params: params ?? { type: 'object' } },
    params?.['required'] === undefined ? ['type', 'id', 'method'] : ['type', 'id', 'method', 'params'],
  );
  const response = {
    oneOf: [
      object({ type: { const: 'res' }, id: FRAME_ID, ok: { const: true }, payload: result ?? {} }, [
        'type',
        'id',
        'ok',
      ]),
      object(
        {
          type: { const: 'res' },
          id: FRAME_ID,
          ok: { const: false },
          error: { $ref: '#/components/schemas/ErrorShape' },
        },
        ['type', 'id', 'ok', 'error'],
      ),
    ],
  };
  return [
    [`${name}.request`, { name: `${name}.request`, title: `${name} request`, payload: request }],
    [`${name}.response`, { name: `${name}.response`, title: `${name} response`, payload: response }],
  ];
}

function eventMessage(name: string): Json {
  const payload = EVENTS[name]?.payload;
  const seq = { type: 'integer', minimum: 1, description: 'Counts the events of this socket from 1.' };
  return {
    name: `event.${name}`,
    title: `Event ${name}`,
    payload: object(
      { type: { const: 'event' }, event: { const: name }, seq, ...(payload && { payload }) },
      payload ? ['type', 'event', 'seq', 'payload'] : ['type', 'event', 'seq'],
    ),
  };
}

function object(properties: Json, required: readonly string[]): Json {
  return { type: 'object', properties, required };
}
