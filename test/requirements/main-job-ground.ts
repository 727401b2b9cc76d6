import { landed, planned, type Requirements } from './requirement.js';

/** The first release: what the way of a message stands on, the command line, and bad luck. */
export const MAIN_JOB_GROUND: Requirements = {
  // Providers
  'R2-provider-ports': landed(
    'Anthropic and OpenAI-compatible adapters give the same stream parts',
    'src/providers/adapters.spec.ts › streams text as it comes, then usage, then the finish, once',
    'src/providers/adapters.spec.ts › hands on the first delta before the second is sent',
    'src/providers/adapters.spec.ts › puts tool calls together from fragments, each one part, in order',
    'test/e2e/agent-answers.spec.ts › answers in OpenAI’s shape, whatever its model speaks, with the cached tokens',
  ),
  'R2-provider-names': landed(
    'eleven preconfigured names, any other by base URL, local model servers found in standalone',
    'src/providers/providers.module.spec.ts › are the eleven preconfigured ones, usable once their variable is set',
    'src/providers/providers.module.spec.ts › are any other names with a base URL, of either type',
    'src/providers/providers.module.spec.ts › become providers when they answer, and go when they are gone',
  ),
  'R2-provider-thinking': landed(
    'thinking deltas are chat events of type thinking, and go back to the model unchanged',
    'test/e2e/ws-conversation.spec.ts › shows thinking as chat events, and hands images to the model',
    'src/providers/anthropic/anthropic.provider.spec.ts › comes as deltas, then as signed blocks, then as part of the usage and the finish',
    'src/providers/anthropic/anthropic.provider.spec.ts › goes back unchanged, before the text and the calls of its message',
    'src/providers/openai/openai.provider.spec.ts › carry thinking from the wire',
  ),
  'R2-provider-images': landed(
    'images in messages reach the model, on both sockets and both formats',
    'test/e2e/ws-conversation.spec.ts › shows thinking as chat events, and hands images to the model',
    'test/e2e/openai-chat.spec.ts › shows the model an image of the message',
    'src/providers/anthropic/anthropic.provider.spec.ts › show images, also in tool results, and describe what is none that Anthropic takes',
  ),
  'R2-provider-schema': landed(
    'tool schemas are cleaned per provider',
    'src/providers/schema/clean-schema.spec.ts › removes what Gemini refuses, keeps properties of the same names, and inlines references',
    'src/providers/schema/clean-schema.spec.ts › removes only references and definitions for Anthropic',
    'src/providers/schema/clean-schema.spec.ts › changes nothing for OpenAI',
    'src/providers/openai/openai.provider.spec.ts › are made without the schema keywords that Gemini refuses',
  ),
  'R2-provider-cached-tokens': landed(
    'usage with cached tokens, from the provider to the client',
    'test/e2e/agent-answers.spec.ts › answers in OpenAI’s shape, whatever its model speaks, with the cached tokens',
    "src/providers/openai/openai.provider.spec.ts › count DeepSeek's cache hits and Groq's usage",
  ),

  // Tools
  'R2-tools-fs': landed(
    'six fs tools, confined to the workspace',
    'src/tools/tools.module.spec.ts › offers the tools for files and commands, described for a model',
    'src/tools/fs/path-corpus.spec.ts › denies %s',
    'src/tools/fs/path-corpus.spec.ts › leaves everything outside as it was',
    'src/tools/fs/workspace-race.spec.ts › never lets a read reach the outside',
    'src/tools/fs/workspace-race.spec.ts › never lets a write reach the outside',
    'src/agent/resolver/agent-resolver.spec.ts › gives each user of an agent a directory of its own in managed mode, and one to all in standalone',
  ),
  'R2-tools-edit-file': landed(
    'edit_file takes path, old_string, new_string, replace_all',
    'src/tools/fs/file-tools.spec.ts › replaces a text that occurs once, literally',
    'src/tools/fs/file-tools.spec.ts › refuses a text that occurs more than once and names the lines, unless all are meant',
  ),
  'R2-tools-policy': landed(
    'policy of gateway, provider and agent, applied when shown and when executed; deny wins',
    'src/tools/policy/resolve-policy.spec.ts › says which step decided about a tool',
    'src/tools/executor/tool-executor.spec.ts › refuses a tool that policy hides, though the model calls it',
    'test/e2e/agent-answers.spec.ts › neither sees nor can call a tool that is denied',
  ),
  'R2-tools-executor': landed(
    'rate limit, output cap, credential scrubbing',
    'src/tools/executor/tool-executor.spec.ts › counts calls of a session in a sliding hour',
    'src/tools/executor/tool-executor.spec.ts › keeps head and tail of a giant output and says how much is missing',
    'src/tools/executor/tool-executor.spec.ts › scrubs before it cuts, in what the model and what a person reads',
    'test/e2e/agent-answers.spec.ts › hides credentials in the output of a tool from its model and from the transcript',
  ),

  // Store, tracing, limits, configuration
  'R2-store-engines': landed(
    'one schema on both engines, migrations up and down',
    'test/integration/database.spec.ts › has a schema that equals its entities',
    'test/integration/database.spec.ts › migrates down to nothing and up again',
    'test/integration/database.spec.ts › refuses a schema that is newer than the program',
  ),
  'R2-store-statements': landed(
    'no synchronise, no repository.save',
    'test/architecture/source-style.spec.ts › leave the schema to migrations, and write by statements, never by an ORM’s save',
    'test/architecture/source-style.spec.ts › speak SQL in src/store only',
  ),
  'R2-store-scope': landed(
    'stores filter by the caller',
    'test/integration/run-store.spec.ts › shows a run to its owner alone',
    'test/integration/run-store.spec.ts › resets and deletes a session; other users cannot',
    'test/integration/leases.spec.ts › of waiting runs are adopted from those that are gone, oldest first, each once',
    'test/integration/run-service.spec.ts › shows the trace of a run to its owner and to admins, and to nobody else',
  ),
  'R2-store-rls': planned('row-level security holds what a statement forgets, on PostgreSQL'),
  'R2-store-retention': landed(
    'run logs stay for 24 h, traces for 30 days, runs for 90, transcripts until they are deleted',
    'test/integration/retention.spec.ts › removes run logs after a day, traces after 30, runs after 90, and no transcript',
  ),
  'R2-tracing': landed(
    'every run has its trace with spans and token totals, written in batches',
    'test/integration/run-service.spec.ts › runs tools in the workspace and gives the model their results',
    'test/e2e/http-service.spec.ts › tell of each run with its spans, numbers as numbers',
    'src/tracing/tracer.spec.ts › are written together, a second after the first, off the path of every run',
    'src/tracing/tracer.spec.ts › are written at once when many spans wait, in batches',
    'src/tracing/tracer.spec.ts › count calls and tokens, and end with their state',
    'src/tracing/tracer.spec.ts › wait while the database is away, the newest state of each, and lose nothing',
  ),
  'R2-tracing-filters': landed(
    '/v1/traces is filtered by each property, refuses wrong values by name, and shows others nothing',
    'test/e2e/managed-postgres.spec.ts › finds traces by each of their properties',
    'test/e2e/http-service.spec.ts › are refused for %s',
    'test/integration/run-service.spec.ts › shows the trace of a run to its owner and to admins, and to nobody else',
  ),
  'R2-rate-limit': landed(
    'token bucket by user, then address, on WS and HTTP; can be off',
    'src/permissions/rate-limiter.spec.ts › lets a rested user make five requests at once, then one per interval',
    'src/permissions/rate-limiter.spec.ts › counts each user by itself, whatever the address, and strangers by address',
    'src/permissions/rate-limiter.spec.ts › is off at %i requests a minute',
    'test/e2e/ws-runs.spec.ts › refuses chat.send beyond the burst with RESOURCE_EXHAUSTED and the time to wait, and nothing else',
    'test/e2e/openai-errors.spec.ts › RateLimitError with the time to wait, once a user asks too often',
  ),
  'R2-config': landed(
    'JSON5 and environment; ~, defaults, masked, frozen',
    'src/config/config.spec.ts › reads JSON5 with comments and lets a non-empty environment variable win over the file',
    'src/config/config.spec.ts › starts from defaults when the file is missing, with the environment applied',
    'src/config/config.spec.ts › is deep-frozen, and its hash follows its values',
    'src/cli/run-cli.spec.ts › shows the configuration in effect, with secrets masked',
  ),
  'R2-config-errors': landed(
    'a wrong configuration names path, value and what is allowed',
    'src/config/config.spec.ts › names the path, the value and what is allowed, for every issue at once',
    'src/config/config.spec.ts › refuses unknown keys and sections and suggests the nearest known one',
    'src/config/config.spec.ts › says where JSON5 is broken',
    'test/e2e/start-and-stop.spec.ts › is refused by a broken configuration, with every issue and its place',
  ),
  'R2-config-secret': landed(
    'a secret in the configuration file is used, warned about, never written',
    'src/config/config.spec.ts › uses a secret found in the file, warns about it, and masks it',
    'test/e2e/start-and-stop.spec.ts › uses a secret found in the file, warns about it, and never writes it anywhere',
  ),

  // Callers and modes
  'R2-access-table': landed(
    'every method and route has a rule and is closed to strangers; what has none is denied',
    'src/permissions/access-policy.spec.ts › is denied to everybody where no rule is given',
    'test/architecture/access-table.spec.ts › has a rule for every method and every route',
    'src/gateway/method-router.spec.ts › refuses too low a role and a missing scope, and says which it was',
    'test/e2e/access-matrix.spec.ts › holds for every method and every kind of caller',
    'test/e2e/access-matrix.spec.ts › holds for every route and every kind of caller',
  ),
  'R2-constant-time': landed(
    'the gateway token is compared in constant time',
    'src/permissions/authenticator.spec.ts › is compared in constant time, whatever the length of what was sent',
  ),
  'R2-user-id': landed(
    'the user id is opaque, ≤ 255 bytes, required in managed mode; reserved ids are refused',
    'src/permissions/authenticator.spec.ts › is required in managed mode (%#)',
    'src/permissions/authenticator.spec.ts › may not be the reserved %s',
    'src/permissions/authenticator.spec.ts › is at most 255 bytes of UTF-8',
    'src/permissions/authenticator.spec.ts › is opaque: what is allowed is taken exactly as it came, and two ids never become one',
    'src/permissions/authenticator.spec.ts › is ignored in standalone mode',
    'test/e2e/managed-postgres.spec.ts › wants to know the user on both sockets',
  ),
  'R2-managed-mode': landed(
    'managed mode works: on PostgreSQL or embedded with a notice, one default agent, users kept apart',
    'test/e2e/managed-postgres.spec.ts › says so, and has one agent to begin with',
    'test/e2e/managed-postgres.spec.ts › keeps the conversations of two users apart, under one key and on both sockets',
    'test/e2e/ws-isolation.spec.ts › hear, read and stop nothing of each other',
    'test/e2e/access-matrix.spec.ts › says in its log that it uses the embedded database, and what to set',
  ),
  'R2-agents-of-the-config': landed(
    'agents of the configuration are rows in standalone mode; those of others do not exist for a caller',
    'test/integration/agent-seeding.spec.ts › become rows, of which one is the default, also when the configuration changes its mind',
    'src/agent/access/agent-access.spec.ts › is everybody for the default one and the gateway’s own, else its owner and with whom it is shared',
  ),

  // Client and command line
  'R2-client-resume': landed(
    'the client library reconnects and resumes without loss',
    'libs/client/chat-run.spec.ts › has its full ordered text although its connection is lost again and again',
    'libs/client/chat-run.spec.ts › that may not have been accepted is sent again under the same key',
    'test/e2e/ws-runs.spec.ts › is made again by the client, whose run ends with the full text',
    'test/e2e/ws-shutdown.spec.ts › is found again by the client when it is back, also after a kill, and the run is not lost sight of',
  ),
  'R2-cli-chat': landed(
    'goclaw chat streams, shows tools, stops on Ctrl-C, resumes',
    'test/e2e/cli-chat.spec.ts › asks once and prints the answer alone',
    'test/e2e/cli-chat.spec.ts › shows each tool call as one line with its outcome, beside the answer',
    'test/e2e/cli-chat.spec.ts › stops the answer on the first Ctrl-C and keeps the conversation',
    'test/e2e/cli-chat.spec.ts › resumes after a dropped connection and shows nothing twice',
  ),
  'R2-cli-doctor': landed(
    'goclaw doctor: each finding with its remedy',
    'test/e2e/cli-doctor.spec.ts › on a fresh machine names what is missing, with its remedy, and changes nothing',
    'test/e2e/cli-doctor.spec.ts › names a provider that cannot be reached, and one that refuses the key',
    'test/e2e/cli-doctor.spec.ts › names a port that another program has',
    'test/e2e/cli-doctor.spec.ts › names a PostgreSQL that does not answer, without its password',
  ),
  'R2-cli-migrate': landed(
    'goclaw migrate: status, up, down with a question',
    'test/e2e/cli-migrate.spec.ts › lists what is pending on a fresh one, and how to apply it',
    'test/e2e/cli-migrate.spec.ts › goes up, once',
    'test/e2e/cli-migrate.spec.ts › does not go down unasked where nobody can be asked',
    'test/e2e/cli-migrate.spec.ts › is refused on the database of a running gateway, which goes on',
  ),
  'R2-cli-help': landed(
    '--help is complete',
    'test/e2e/cli-help.spec.ts › the help is complete, on the standard output, with exit code 0',
    'src/cli/run-cli.spec.ts › names every command, global flag and important variable in its help',
  ),

  // Start and stop
  'R2-setup': landed(
    'start and test install and build what is missing or stale, once',
    'scripts/setup.spec.ts › installs and builds a fresh clone, and says so',
    'scripts/setup.spec.ts › does the work once when two start at the same moment',
    'scripts/setup.spec.ts › does and says nothing when nothing changed',
  ),
  'R2-start-fresh': landed(
    'a start creates and migrates what is missing, and listens',
    'scripts/setup.spec.ts › installs and builds a fresh clone, and says so',
    'test/e2e/start-and-stop.spec.ts › generates a token once, shows it once, and keeps it readable by its owner alone',
  ),
  'R2-start-banner': landed(
    'the terminal shows URL, token, mode, data directory, providers or what to set',
    'test/e2e/start-and-stop.spec.ts › shows where it is, how it runs, and what to set when no model is there',
    'test/e2e/start-and-stop.spec.ts › generates a token once, shows it once, and keeps it readable by its owner alone',
  ),
  'R2-start-steps': landed(
    'each step of a start or stop is logged with its time, a failing one by name',
    'src/steps.spec.ts › is logged with its time, and by its name when it fails',
    'test/e2e/start-and-stop.spec.ts › shows where it is, how it runs, and what to set when no model is there',
  ),
  'R2-shutdown': landed(
    'shutdown in order: runs 18 s unless configured, HTTP 4 s',
    'src/stop-app.spec.ts › gives runs the configured time, then HTTP 4 s, and closes the database last',
    'src/stop-app.spec.ts › goes on when a step fails',
    'src/scheduler/scheduler.spec.ts › refuses new work, starts nothing that waits, and stops what does not end in time',
    'test/e2e/start-and-stop.spec.ts › lets a run end, answers it, and exits with 0',
    'test/e2e/ws-shutdown.spec.ts › tells its clients, lets what runs end, and closes with 1001',
  ),

  // Bad input and bad luck
  'R2-bad-frames': landed(
    'malformed frames, unknown methods, wrong types have defined answers',
    'src/gateway/frame-parser.spec.ts › never throws, and either accepts a well-formed request or says why not',
    'src/gateway/parse-params.spec.ts › never fails in another way than with INVALID_REQUEST',
    'test/e2e/ws-socket.spec.ts › with %s are INVALID_REQUEST, and the connection stays',
    'test/e2e/ws-socket.spec.ts › of pure noise do no harm to others',
  ),
  'R2-bad-provider-unreachable': landed(
    'a provider that cannot be reached is named with its address; the message is kept',
    'test/e2e/provider-trouble.spec.ts › that cannot be reached is named with its address, and the message is kept',
    'src/providers/adapters.spec.ts › names the address of a server that %s',
  ),
  'R2-bad-provider-failing': landed(
    'a provider that fails for a moment is asked again, one that refuses is told as an error',
    'test/e2e/provider-trouble.spec.ts › that fails for a moment is asked again, and answers',
    'test/e2e/openai-errors.spec.ts › is told as a status while nothing was streamed',
    'test/e2e/ws-runs.spec.ts › is answered with its error, and says so in its log',
  ),
  'R2-bad-provider-cut': landed(
    'a cut stream fails its run; nothing is retried once a delta was published',
    'test/e2e/provider-trouble.spec.ts › whose stream is cut fails the run, and is not asked again behind the reader’s back',
    'src/providers/chain/provider-chain.spec.ts › neither retries nor switches once a $type was published',
    'test/e2e/openai-errors.spec.ts › ends a stream that has begun with an error event',
  ),
  'R2-bad-provider-hung': landed(
    'a hung provider is left when its run is aborted or out of time, or after its silence',
    'test/e2e/provider-trouble.spec.ts › that never answers is left at once when its run is aborted',
    'test/e2e/provider-trouble.spec.ts › that never ends is left when the run’s time is over',
    'src/providers/adapters.spec.ts › gives up on a server that never answers, and closes the connection',
  ),
  'R2-bad-provider-malformed': landed(
    'a malformed answer fails its run with a defined error',
    'test/e2e/provider-trouble.spec.ts › that answers with garbage fails the run, without the garbage in the message',
    'src/providers/http/sse-parser.spec.ts › refuses an event that grows without end',
  ),
  'R2-bad-tool-call': landed(
    'an invalid tool call is told to the model, which goes on',
    'test/e2e/agent-answers.spec.ts › tells its model of each call that is invalid, and goes on',
    'src/tools/executor/tool-executor.spec.ts › answers arguments that were no JSON with their beginning',
    'src/tools/executor/tool-executor.spec.ts › names path and allowed values of arguments that do not fit, and does not run the tool',
  ),
  'R2-bad-machine': landed(
    'port in use, directory in use, database down at start: named with the remedy',
    'test/e2e/start-and-stop.spec.ts › is refused on a port in use, naming it',
    'test/e2e/start-and-stop.spec.ts › is refused on a data directory that another gateway uses, naming its process',
    'test/e2e/start-and-stop.spec.ts › is refused by a database that is not there, and says what to do',
    'test/e2e/start-and-stop.spec.ts › is refused by a data directory that it cannot use',
  ),
  'R2-one-process': landed(
    'a second process on one embedded database is refused',
    'test/integration/database.spec.ts › is for one process alone where it is embedded, for several where it is a server',
    'src/store/database/directory-lock.spec.ts › is taken by exactly one of several starters that race for a dead one',
  ),
  'R2-database-outage': landed(
    'a database that goes away in mid-run loses and doubles nothing; new requests are told when to try again',
    'test/integration/database-outage.spec.ts › completes a streaming run, loses and doubles nothing, and refuses new requests meanwhile',
    'test/integration/database-outage.spec.ts › keeps the steps of a run with tools, its whole log and its trace',
    'test/integration/database-outage.spec.ts › starts a run that waited for its turn, with its message, once the database is back',
    'test/integration/lost-acknowledgement.spec.ts › appends the steps of a run once, and its end once',
    'test/integration/lost-acknowledgement.spec.ts › survives that every connection is cut while a run goes',
    'test/integration/exhausted-pool.spec.ts › keeps a run that is going: its end is written as soon as there is one',
    'test/e2e/managed-postgres.spec.ts › is not ready while its database is away, says so to everybody, and goes on afterwards',
  ),
  'R2-kill': landed(
    'kill -9 in mid-run leaves a transcript that the next start continues',
    'test/e2e/start-and-stop.spec.ts › leaves a transcript that the next start continues',
    'test/integration/scheduling.spec.ts › finishes what an earlier gateway left, in its order: the interrupted run goes on, then the waiting ones',
  ),

  // Workshop
  'R2-test-database': landed(
    'tests without a PostgreSQL are skipped by name; those with one have pgvector and a database of their own',
    'test/support/skipped-tests.reporter.spec.ts › names every skipped test with its file and its reason',
    'test/integration/test-database.spec.ts › gives each caller a database of its own',
    'test/integration/test-database.spec.ts › has pgvector',
  ),
  'R2-scripted-llm': landed(
    'the scripted LLM speaks both wire formats through the official SDKs, with errors, slow and broken streams',
    'test/support/llm/scripted-llm.spec.ts › streams through the SDK, and the SDK puts the same message together',
    'test/support/llm/scripted-llm.spec.ts › fails as the vendor does',
    'test/support/llm/scripted-llm.spec.ts › %s where the test said',
  ),
  'R2-architecture': landed(
    'floors, cycles, faces, names and sizes are enforced',
    'test/architecture/floors.spec.ts › hold in this tree',
    'test/architecture/floors.spec.ts › $caughtBy catches $path',
    'test/architecture/source-style.spec.ts › are kebab-case with a known role',
    'test/architecture/source-style.spec.ts › have a median of at most ${MEDIAN_MAX_LINES} lines',
  ),
  'R2-documents': landed(
    'each dependency has its reason in docs/adr, each variable its line in .env.example',
    'test/architecture/documents.spec.ts › give the reason of every dependency in docs/adr',
    'test/architecture/documents.spec.ts › list every environment variable of the program in .env.example',
  ),
  'R2-audit': landed(
    'the audit fails on high findings without a dated exception; an unreachable endpoint is a named skip',
    'scripts/audit.spec.ts › fails on a high finding and names package and advisory',
    'scripts/audit.spec.ts › accepts an exception until its date, and no longer',
    'scripts/audit.spec.ts › names a skip when the endpoint does not answer',
  ),
};
