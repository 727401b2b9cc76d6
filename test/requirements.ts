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
  D1: planned('loopback by default, generated token, no open door without a configured token'),
  D2: planned('a wrong token closes the socket; an anonymous one can do nothing and is closed after 10 s'),
  D3: planned('secrets are compared in constant time'),
  D4: planned('one access table for every method and route; what is missing is denied'),
  D5: planned('callers: gateway token, API keys, paired browsers, signed identity'),
  D6: planned('the user id is opaque, ≤ 255 bytes, required in managed mode; reserved ids are refused'),
  D7: planned('access to an agent is checked wherever it is used; what is not visible is NOT_FOUND'),
  D8: planned('events go to sockets of the same user, with seq, runId, sessionKey, agentId'),
  D9: planned('origin checks on upgrade and on state-changing HTTP; CORS for listed origins only'),
  D10: planned('audit log of changes, grants, approvals, key use and denials'),

  // Runs, sessions, scheduling
  D11: planned(
    'every run is a row, waits for its session’s turn, then for a slot of its lane; accepted is committed',
  ),
  D11a: planned('sessions belong to an owner: unique (owner, key), and the key’s agent is the one asked'),
  D12: planned('the transcript is append-only; compaction moves a window and deletes nothing'),
  D13: planned('a run’s events are an ordered log; a reconnecting client resumes and misses nothing'),
  D14: planned('idempotency keys attach or replay; another body under the same key is refused'),
  D15: planned('after a crash queued runs execute; an unknown outcome is told, never repeated silently'),
  D16: planned('lanes, queue modes, cap, drop policies, debounce; a dropped message is answered'),
  D17: planned('deadlines of runs and calls; at the iteration cap the model is asked once without tools'),
  D18: planned('several replicas share one PostgreSQL'),

  // Providers and money
  D19: planned('official SDKs, eleven preconfigured providers, local ones found in standalone'),
  D20: planned('retries, fallback list, cooldown and breaker per (provider, key, model)'),
  D21: planned('prompts are byte-stable between turns; cache breakpoints; cached tokens recorded'),
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
  'R2-run-restart': planned(
    'at start queued runs execute, interrupted ones fail as interrupted, transcript repaired',
  ),
  'R2-one-process': planned('a second process on one database is refused'),
  'R2-loop-guard': planned('input guard: six patterns, four actions'),
  'R2-loop-prompt': planned('prompt sections in order, full and minimal'),
  'R2-loop-history': planned('turn limit, two-pass pruning, pairing repair'),
  'R2-loop-sanitise': planned('seven sanitising steps, and the stream equals the final content'),
  'R2-loop-no-reply': planned('NO_REPLY hides as a whole or as a beginning; a trailing token is cut'),
  'R2-loop-compaction': planned('compaction writes a summary and moves the window'),
  'R2-loop-tools': planned('tool calls run in parallel, results keep their order'),
  'R2-provider-ports': planned('Anthropic and OpenAI-compatible adapters give the same stream parts'),
  'R2-provider-schema': planned('tool schemas are cleaned per provider'),
  'R2-tools-fs': planned('six fs tools, confined to the workspace'),
  'R2-tools-executor': planned('policy twice, rate limit, output cap, credential scrubbing'),
  'R2-store-engines': planned('one schema on both engines, migrations up and down'),
  'R2-store-scope': planned('stores filter by the caller'),
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
