import { landed, planned, type Requirements } from './requirement.js';

/**
 * The promises and decisions of the specification. One that is built in part stays `planned` until the rest is
 * there; what holds of it already is in the entries of the release that brought it.
 */
export const DECISIONS: Requirements = {
  'PROMISE-1': planned('nothing accepted is lost, nothing is done twice'),
  'PROMISE-2': planned('one process, many hostile tenants: nobody reaches what is not theirs'),
  'PROMISE-3': planned('the gateway is invisible in the latency; a turn costs the same at any length'),
  'PROMISE-4': planned('an admin can answer what happened, who did it, what it cost, in one query'),

  // Identity, authority, isolation
  D1: landed(
    'loopback by default, generated token, no open door without a configured token',
    'test/e2e/start-and-stop.spec.ts › generates a token once, shows it once, and keeps it readable by its owner alone',
    'test/e2e/start-and-stop.spec.ts › is refused on an address that others can reach without a configured token',
    'src/permissions/gateway-token.spec.ts › is generated once, strong, and kept where only the owner can read it',
    'src/permissions/listening-rule.spec.ts › is allowed on the loopback address %s',
    'src/permissions/listening-rule.spec.ts › is refused on %s, with the remedy',
  ),
  D2: landed(
    'a wrong token closes the socket; an anonymous one can do nothing and is closed after 10 s',
    'test/e2e/ws-socket.spec.ts › with %s is UNAUTHORIZED and closes the socket with 1008',
    'test/e2e/ws-socket.spec.ts › is due within 10 s',
    'test/e2e/ws-socket.spec.ts › learns of the health nothing but the status',
    'test/e2e/access.spec.ts › is closed to a socket without credentials, but for connect and health',
    'src/gateway/event-hub.spec.ts › reach the sockets of the run’s user and of no one else',
  ),
  D3: planned('secrets are compared in constant time'),
  D4: planned('one access table for every method and route; what is missing is denied'),
  D5: planned('callers: gateway token, API keys, paired browsers, signed identity'),
  D6: planned('the user id is opaque, ≤ 255 bytes, required in managed mode; its tenant key is used'),
  D7: planned('access to an agent is checked wherever it is used; what is not visible is NOT_FOUND'),
  D8: landed(
    'events go to sockets of the same user, with seq, runId, sessionKey, agentId',
    'src/gateway/event-hub.spec.ts › reach the sockets of the run’s user and of no one else',
    'src/gateway/event-hub.spec.ts › of all users reach a socket that asked for them, once each, until it is someone else',
    'src/gateway/client-socket.spec.ts › numbers its events from 1 without gaps, and responses not at all',
    'test/e2e/ws-isolation.spec.ts › hear, read and stop nothing of each other',
    'test/e2e/ws-isolation.spec.ts › are both heard by an admin that asked for the events of all',
    'test/e2e/ws-conversation.spec.ts › streams its events in the order of the protocol, tool calls first, then their results in call order',
  ),
  D9: landed(
    'origin checks on upgrade and on state-changing HTTP; CORS for listed origins only',
    'test/e2e/ws-socket.spec.ts › is open to listed origins and to the gateway’s own, and to no other',
    'test/e2e/http-errors.spec.ts › are told that they may, when they are listed',
    'test/e2e/http-errors.spec.ts › are refused otherwise: nothing is done, nothing can be read',
    'test/e2e/http-errors.spec.ts › do not include the gateway itself',
    'src/permissions/origin-policy.spec.ts › that are listed pass, and they alone get cross-origin headers',
  ),
  D10: planned('audit log of changes, grants, approvals, key use and denials'),

  // Runs, sessions, scheduling
  D11: planned(
    'every run is a row, waits for its session’s turn, then for a slot of its lane; accepted is committed',
  ),
  D11a: landed(
    'sessions belong to an owner: unique (owner, key), and the key’s agent is the one asked',
    'src/sessions/session-key.spec.ts › of a socket are the same after every reconnect',
    'src/sessions/session-key.spec.ts › %j is refused for the agent default',
    'test/integration/run-store.spec.ts › resets and deletes a session; other users cannot',
    'test/integration/run-store.spec.ts › shows a run to its owner alone',
    'test/e2e/http-service.spec.ts › a session key is each user’s own',
    'test/e2e/ws-conversation.spec.ts › goes on where it was, after a reconnect',
    'test/e2e/ws-methods.spec.ts › are not asked in a session of another agent',
  ),
  D12: landed(
    'the transcript is append-only; compaction moves a window and deletes nothing',
    'test/integration/scheduling.spec.ts › compacts a conversation that has grown too long, and loses nothing of it',
    'test/integration/scheduling.spec.ts › leaves a conversation as it is when its summary fails, and tries again after the next run',
    'test/integration/run-store.spec.ts › moves the window by compaction once, and never after a reset',
  ),
  D13: planned('a run’s events are an ordered log; a reconnecting client resumes and misses nothing'),
  D14: planned('idempotency keys attach or replay; another body under the same key is refused'),
  D15: planned('after a crash queued runs execute; an unknown outcome is told, never repeated silently'),
  D16: planned('lanes, queue modes, cap, drop policies, debounce; a dropped message is answered'),
  D17: landed(
    'deadlines of runs and calls; at the iteration cap the model is asked once without tools',
    'test/integration/scheduling.spec.ts › ends a run at its time limit',
    'test/integration/scheduling.spec.ts › asks once more without tools when the iterations are used up',
    'test/e2e/provider-trouble.spec.ts › that never ends is left when the run’s time is over',
    'src/providers/adapters.spec.ts › gives up on a server that never answers, and closes the connection',
    'src/providers/adapters.spec.ts › gives up on a stream that falls silent, but not on a slow one',
  ),
  D18: planned('several replicas share one PostgreSQL'),

  // Providers and money
  D19: planned('official SDKs, eleven preconfigured providers, local ones found; changed rows take effect'),
  D20: landed(
    'retries, fallback list, cooldown and breaker per (provider, key, model)',
    'src/providers/chain/provider-chain.spec.ts › tries three times after %s, with growing waits, then the next target',
    'src/providers/chain/provider-chain.spec.ts › goes to the next target at once after %s, and leaves the first alone for a while',
    'src/providers/chain/provider-chain.spec.ts › ends at once after %s, which cools nothing down',
    'src/providers/chain/provider-chain.spec.ts › is waited for, never less',
    'src/providers/chain/provider-chain.spec.ts › lets one call probe after the cooldown, and closes with its first part',
    'src/providers/chain/provider-chain.spec.ts › concerns one key: with another one calls go out at once',
    'src/providers/chain/backoff.spec.ts › varies by a tenth, and doubles',
    'test/e2e/provider-trouble.spec.ts › that refuses the key is replaced by the next of the fallback list',
  ),
  D21: landed(
    'prompts are byte-stable between turns; cache breakpoints; cached tokens recorded',
    'test/e2e/agent-answers.spec.ts › shows its model the same beginning in every turn, to the byte',
    'test/e2e/agent-answers.spec.ts › answers in OpenAI’s shape, whatever its model speaks, with the cached tokens',
    'src/agent/history/build-history.spec.ts › gives the same bytes and pointers for the same window, and only appends for a longer one',
    'src/agent/history/plan-pruning.spec.ts › keeps the bytes of the history over many turns, and never moves a pointer back',
    'src/agent/history/to-llm-messages.spec.ts › carry the stored context line before the text of a user',
    'src/agent/prompt/system-prompt.spec.ts › is the same bytes in whatever order tools were registered',
    'src/providers/anthropic/anthropic.provider.spec.ts › mark for the cache: the last tool, the system prompt, the last two user turns',
  ),
  D22: planned('cost per call from a price table; budgets reserved before and settled after'),
  D23: planned('thinking, images and files pass through; text deltas are chunk events only'),

  // Tools
  D24: planned('every tool of the inventory exists'),
  D25: planned('policy is applied when shown and when executed, of agent, provider and channel; deny wins'),
  D26: planned('paths resolved with symlinks and confined; commands parsed'),
  D27: planned('SSRF: the dialled address is the checked one'),
  D28: planned('approvals are rows with a TTL'),
  D29: landed(
    'tool output is capped, head and tail kept',
    'src/tools/executor/tool-executor.spec.ts › keeps head and tail of a giant output and says how much is missing',
    'src/tools/executor/tool-executor.spec.ts › bounds pictures and makes text storable',
  ),
  D30: planned('MCP client and server'),

  // Wire
  D31: planned('every error code used for what it says; ids string or number; lists never null'),
  D32: landed(
    'HTTP errors are always JSON, in OpenAI’s shape on its routes',
    'test/e2e/http-errors.spec.ts › for an unknown path',
    'test/e2e/http-errors.spec.ts › for a wrong method, with the right ones',
    'test/e2e/http-errors.spec.ts › for a body that is no JSON, no object, empty, or of another type',
    'test/e2e/http-errors.spec.ts › for a malformed address, and for what is no HTTP at all',
    'src/http/errors/problem.spec.ts › has OpenAI’s shape on its routes',
    'src/http/errors/problem.spec.ts › has the protocol’s code elsewhere, and names parameter and details',
  ),
  D33: landed(
    'chat completions and responses stream real deltas and keep sessions by header',
    'test/e2e/openai-chat.spec.ts › streams the deltas of the model while it still speaks',
    'test/e2e/openai-chat.spec.ts › ends its stream with the tokens when asked to',
    'test/e2e/openai-chat.spec.ts › passes sampling parameters and system messages on to the model',
    'test/e2e/openai-chat.spec.ts › shows the model an image of the message',
    'test/e2e/openai-chat.spec.ts › goes on by its session key, with only what is new being appended',
    'test/e2e/openai-chat.spec.ts › is not kept without a session key: the messages are all of it',
    'test/integration/run-service.spec.ts › stores nothing of a conversation that its client keeps',
    'test/e2e/http-service.spec.ts › the `user` of a request is metadata, never who asks',
    'src/http/sse/sse-stream.spec.ts › is kept open by a comment every 15 s, and stops that at its end',
    'test/e2e/openai-errors.spec.ts › BadRequestError that names %s',
    'test/e2e/http-service.spec.ts › are the agents that the caller may use',
    'test/e2e/openai-responses.spec.ts › continues the conversation of an earlier one',
    'test/e2e/openai-responses.spec.ts › streams its events in order, numbered without gaps, and can be read again from any of them',
    'test/e2e/openai-responses.spec.ts › is answered in its own shape',
    'test/e2e/openai-responses.spec.ts › streams its own events',
  ),
  D34: planned('shapes that the reference dashboard needs'),
  D35: planned('methods that the reference declared but lacked'),
  D36: planned('OpenAPI and AsyncAPI generated from the code’s own types'),

  // Channels
  D37: planned('commands work in every channel; policies are enforced as named'),
  D38: planned('long answers are split, never cut'),
  D39: planned('each adapter is tested against its platform’s real protocol'),

  // Configuration and secrets
  D40: planned('JSON5 and environment, precise errors, hot reload, secrets never in the file'),
  D41: planned('the encryption key: environment or data directory; loss is detected; rotation'),
  D42: landed(
    '.env.local beside the configuration is loaded, the environment wins',
    'src/config/config.spec.ts › loads .env.local beside the file underneath the environment',
    'test/e2e/start-and-stop.spec.ts › reads .env.local beside the configuration, and the environment wins',
  ),
  D43: planned('retention with jobs; erase and export of a user'),
  D44: planned('/metrics and /v1/embeddings'),
  D45: planned('an open run keeps prompt, tools and model; denials and budgets are looked up live'),
};
