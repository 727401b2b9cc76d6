/**
 * What the project promises, and the tests that would fail if a promise broke. An entry is `planned` until a test
 * holds it; `landed` names its tests as `file › title of the test`. A landed entry without its tests fails the
 * build (`npm run requirements`). `PROMISE-n` and `Dn` are the promises and decisions of the specification, `R2-…`
 * what the first release does on top of them.
 */
export interface Requirement {
  readonly text: string;
  readonly state: 'planned' | 'landed';
  readonly tests: readonly string[];
}

const planned = (text: string): Requirement => ({ text, state: 'planned', tests: [] });

/** For entries whose tests exist; each test as `path/of.spec.ts › title`. */
export const landed = (text: string, ...tests: string[]): Requirement => ({ text, state: 'landed', tests });

export const REQUIREMENTS: Readonly<Record<string, Requirement>> = {
  'PROMISE-1': planned('nothing accepted is lost, nothing is done twice'),
  'PROMISE-2': planned('one process, many hostile tenants: nobody reaches what is not theirs'),
  'PROMISE-3': planned('the gateway is invisible in the latency; a turn costs the same at any length'),
  'PROMISE-4': planned('an admin can answer what happened, who did it, what it cost, in one query'),

  // Identity, authority, isolation
  D1: landed(
    'loopback by default, generated token, no open door without a configured token',
    'src/permissions/gateway-token.spec.ts › is generated once, strong, and kept where only the owner can read it',
    'src/permissions/listening-rule.spec.ts › is allowed on the loopback address %s',
    'src/permissions/listening-rule.spec.ts › is refused on %s, with the remedy',
  ),
  D2: planned('a wrong token closes the socket; an anonymous one can do nothing and is closed after 10 s'),
  D3: landed(
    'secrets are compared in constant time',
    'src/permissions/authenticator.spec.ts › is compared in constant time, whatever the length of what was sent',
  ),
  D4: planned('one access table for every method and route; what is missing is denied'),
  D5: planned('callers: gateway token, API keys, paired browsers, signed identity'),
  D6: landed(
    'the user id is opaque, ≤ 255 bytes, required in managed mode; reserved ids are refused',
    'src/permissions/authenticator.spec.ts › is required in managed mode (%#)',
    'src/permissions/authenticator.spec.ts › may not be the reserved %s',
    'src/permissions/authenticator.spec.ts › is at most 255 bytes of UTF-8',
    'src/permissions/authenticator.spec.ts › is opaque: what is allowed is taken exactly as it came, and two ids never become one',
  ),
  D7: planned('access to an agent is checked wherever it is used; what is not visible is NOT_FOUND'),
  D8: planned('events go to sockets of the same user, with seq, runId, sessionKey, agentId'),
  D9: planned('origin checks on upgrade and on state-changing HTTP; CORS for listed origins only'),
  D10: planned('audit log of changes, grants, approvals, key use and denials'),

  // Runs, sessions, scheduling
  D11: landed(
    'every run is a row, waits for its session’s turn, then for a slot of its lane; accepted is committed',
    'test/integration/run-service.spec.ts › keeps one run at a time in a session, and any number of sessions',
    'test/integration/scheduling.spec.ts › holds no slot for a run that waits for its session',
    'test/integration/scheduling.spec.ts › waits for a slot of its lane',
    'test/integration/run-store.spec.ts › leaves a waiting run outside of the transcript until it gets its turn',
    'test/integration/lost-acknowledgement.spec.ts › accepts a waiting run once, and starts it once',
    'test/integration/lost-acknowledgement.spec.ts › withdraws a run whose acceptance stays unknown, and leaves its session free',
    'src/scheduler/scheduler.spec.ts › gives the turn to the next when the acceptance of the one before fails',
  ),
  D11a: landed(
    'sessions belong to an owner: unique (owner, key), and the key’s agent is the one asked',
    'src/sessions/session-key.spec.ts › %j is refused for the agent default',
    'test/integration/run-store.spec.ts › resets and deletes a session; other users cannot',
    'test/integration/run-store.spec.ts › shows a run to its owner alone',
  ),
  D12: landed(
    'the transcript is append-only; compaction moves a window and deletes nothing',
    'test/integration/scheduling.spec.ts › compacts a conversation that has grown too long, and loses nothing of it',
    'test/integration/run-store.spec.ts › moves the window by compaction once, and never after a reset',
  ),
  D13: planned('a run’s events are an ordered log; a reconnecting client resumes and misses nothing'),
  D14: landed(
    'idempotency keys attach or replay; another body under the same key is refused',
    'test/integration/run-service.spec.ts › answers a repeated request with the first run, and refuses its key for another',
    'test/integration/run-store.spec.ts › accepts one run per user, operation and idempotency key',
    'test/integration/run-store.spec.ts › lets an idempotency key name another run after 24 hours',
  ),
  D15: planned('after a crash queued runs execute; an unknown outcome is told, never repeated silently'),
  D16: landed(
    'lanes, queue modes, cap, drop policies, debounce; a dropped message is answered',
    'test/integration/scheduling.spec.ts › merges adjacent waiting messages of one caller into one run in followup mode',
    'test/integration/scheduling.spec.ts › lets the newest message interrupt the running one in interrupt mode',
    'test/integration/scheduling.spec.ts › drops the oldest waiting message from a full queue, with an error',
    'test/integration/scheduling.spec.ts › refuses the new message when a full queue drops new ones',
    'test/integration/scheduling.spec.ts › collects messages for the length of a debounce',
    'test/integration/scheduling.spec.ts › waits for a slot of its lane',
    'src/scheduler/scheduler.spec.ts › lets the message that came last win in interrupt mode, whichever was committed first',
  ),
  D17: landed(
    'deadlines of runs and calls; at the iteration cap the model is asked once without tools',
    'test/integration/scheduling.spec.ts › ends a run at its time limit',
    'test/integration/scheduling.spec.ts › asks once more without tools when the iterations are used up',
    'src/providers/adapters.spec.ts › gives up on a server that never answers, and closes the connection',
    'src/providers/adapters.spec.ts › gives up on a stream that falls silent, but not on a slow one',
  ),
  D18: planned('several replicas share one PostgreSQL'),

  // Providers and money
  D19: planned('official SDKs, eleven preconfigured providers, local ones found in standalone'),
  D20: planned('retries, fallback list, cooldown and breaker per (provider, key, model)'),
  D21: landed(
    'prompts are byte-stable between turns; cache breakpoints; cached tokens recorded',
    'src/agent/history/build-history.spec.ts › gives the same bytes and pointers for the same window, and only appends for a longer one',
    'src/agent/prompt/system-prompt.spec.ts › is the same bytes in whatever order tools were registered',
    'src/agent/history/to-llm-messages.spec.ts › carry the stored context line before the text of a user',
    'src/providers/anthropic/anthropic.provider.spec.ts › mark for the cache: the last tool, the system prompt, the last two user turns',
    'src/tracing/tracer.spec.ts › count calls and tokens, and end with their state',
  ),
  D22: planned('cost per call from a price table; budgets reserved before and settled after'),
  D23: planned('thinking and images pass through; text deltas are chunk events only'),

  // Tools
  D24: planned('every tool of the inventory exists'),
  D25: planned('policy is applied when shown and when executed; deny wins'),
  D26: planned('paths resolved with symlinks and confined; commands parsed'),
  D27: planned('SSRF: the dialled address is the checked one'),
  D28: planned('approvals are rows with a TTL'),
  D29: planned('tool output is capped, head and tail kept'),
  D30: planned('MCP client and server'),

  // Wire
  D31: planned('every error code used for what it says; ids string or number; lists never null'),
  D32: planned('HTTP errors are always JSON, in OpenAI’s shape on its routes'),
  D33: planned('chat completions and responses stream real deltas and keep sessions by header'),
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
  D42: planned('.env.local beside the configuration is loaded, the environment wins'),
  D43: planned('retention with jobs; erase and export of a user'),
  D44: planned('/metrics and /v1/embeddings'),
  D45: planned('an open run keeps prompt, tools and model; denials and budgets are looked up live'),

  // The first release: the main job, end to end
  'R2-start-fresh': planned('npm start on a fresh clone installs, builds, migrates and listens'),
  'R2-start-banner': planned('the terminal shows URL, token, mode, data directory, providers or what to set'),
  'R2-test-database': planned('tests without a PostgreSQL are skipped by name; CI must have it'),
  'R2-gateway-methods': planned('the methods of the first release answer as the protocol says'),
  'R2-gateway-read-limit': planned('a message over 512 KB closes the socket'),
  'R2-gateway-slow-reader': planned(
    'a slow reader is closed with 1013 and resumes; nothing is dropped silently',
  ),
  'R2-gateway-heartbeat': planned('ping every 30 s, closed after 60 s of silence'),
  'R2-gateway-one-response': planned('exactly one response per request'),
  'R2-http-health': planned('/health, /health/live, /health/ready'),
  'R2-http-models': planned('/v1/models lists agents as goclaw:<key>'),
  'R2-http-limits': planned('bodies over the limit and invalid JSON have JSON errors'),
  'R2-http-docs': planned('/docs shows what exists'),
  'R2-openai-sdk': planned(
    'the official openai package works unchanged: stream, sessions, abort, error classes',
  ),
  'R2-event-order': planned(
    'events of a conversation with tool calls come in protocol order, on both formats',
  ),
  'R2-run-abort': planned('abort ends a run with one response and its partial content'),
  'R2-run-restart': landed(
    'at start queued runs execute, interrupted ones fail as interrupted, transcript repaired',
    'test/integration/scheduling.spec.ts › finishes what a killed gateway left: waiting runs are executed, the interrupted one is ended and its transcript repaired',
  ),
  'R2-one-process': landed(
    'a second process on one database is refused',
    'test/integration/database.spec.ts › refuses a second process, names the remedy, and is free again after a close',
    'src/store/database/directory-lock.spec.ts › is taken by exactly one of several starters that race for a dead one',
  ),
  'R2-loop-guard': planned('input guard: six patterns, four actions'),
  'R2-loop-prompt': planned('prompt sections in order, full and minimal'),
  'R2-loop-history': planned('turn limit, two-pass pruning, pairing repair'),
  'R2-loop-sanitise': planned('seven sanitising steps, and the stream equals the final content'),
  'R2-loop-no-reply': planned('NO_REPLY hides as a whole or as a beginning; a trailing token is cut'),
  'R2-loop-compaction': landed(
    'compaction writes a summary and moves the window',
    'test/integration/scheduling.spec.ts › compacts a conversation that has grown too long, and loses nothing of it',
  ),
  'R2-loop-tools': planned('tool calls run in parallel, results keep their order'),
  'R2-provider-ports': planned('Anthropic and OpenAI-compatible adapters give the same stream parts'),
  'R2-provider-schema': planned('tool schemas are cleaned per provider'),
  'R2-tools-fs': planned('six fs tools, confined to the workspace'),
  'R2-tools-executor': planned('policy twice, rate limit, output cap, credential scrubbing'),
  'R2-store-engines': landed(
    'one schema on both engines, migrations up and down',
    'test/integration/database.spec.ts › has a schema that equals its entities',
    'test/integration/database.spec.ts › migrates down to nothing and up again',
  ),
  'R2-store-scope': landed(
    'stores filter by the caller',
    'test/integration/run-store.spec.ts › shows a run to its owner alone',
    'test/integration/run-store.spec.ts › resets and deletes a session; other users cannot',
    'test/integration/run-store.spec.ts › gives a queued run back with the authority it was accepted under',
  ),
  'R2-tracing': planned('every run has its trace with spans and token totals; /v1/traces filters'),
  'R2-rate-limit': planned('token bucket by user, then address, on WS and HTTP'),
  'R2-config-errors': planned('a wrong configuration names path, value and what is allowed'),
  'R2-client-resume': planned('the client library reconnects and resumes without loss'),
  'R2-cli-chat': planned('goclaw chat streams, shows tools, stops on Ctrl-C, resumes'),
  'R2-cli-doctor': planned('goclaw doctor: each finding with its remedy'),
  'R2-cli-help': planned('--help is complete'),
  'R2-shutdown': planned('shutdown in order: runs 20 s, HTTP 5 s'),
  'R2-bad-frames': planned('malformed frames, unknown methods, wrong types have defined answers'),
  'R2-bad-providers': planned('unreachable, hung and cut providers have defined answers'),
  'R2-bad-machine': planned('port in use, directory in use, database down: named with the remedy'),
  'R2-database-outage': landed(
    'a database that goes away in mid-run loses and doubles nothing; new requests are told when to try again',
    'test/integration/database-outage.spec.ts › completes a streaming run, loses and doubles nothing, and refuses new requests meanwhile',
    'test/integration/database-outage.spec.ts › keeps the steps of a run with tools, its whole log and its trace',
    'test/integration/database-outage.spec.ts › starts a run that waited for its turn, with its message, once the database is back',
    'test/integration/lost-acknowledgement.spec.ts › appends the steps of a run once, and its end once',
    'test/integration/lost-acknowledgement.spec.ts › survives that every connection is cut while a run goes',
    'test/integration/exhausted-pool.spec.ts › keeps a run that is going: its end is written as soon as there is one',
  ),
  'R2-kill': planned('kill -9 in mid-run leaves a transcript that the next start continues'),
  'R2-architecture': landed(
    'floors, cycles, faces, names and sizes are enforced',
    'test/architecture/floors.spec.ts › hold in this tree',
    'test/architecture/source-style.spec.ts › are kebab-case with a known role',
    'test/architecture/source-style.spec.ts › speak SQL in src/store only',
  ),
  'R2-setup': landed(
    'start and test install and build what is missing or stale, once',
    'scripts/setup.spec.ts › installs and builds a fresh clone, and says so',
    'scripts/setup.spec.ts › does the work once when two start at the same moment',
  ),
};
