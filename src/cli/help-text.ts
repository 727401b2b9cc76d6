/** What stands below the options in `goclaw --help`. */
export const PROGRAM_HELP = `
Examples:
  goclaw                             start the gateway (the same as goclaw serve)
  goclaw chat                        talk to an agent of the running gateway
  goclaw chat -m "What is new?"      ask once, print the answer
  goclaw doctor                      check everything that the gateway needs
  goclaw --config ./prod.json serve  start with another configuration file

Environment (it wins over the configuration file; .env.local beside that file is read too):
  GOCLAW_CONFIG             configuration file, JSON5 (config.json in the current directory)
  GOCLAW_HOST, GOCLAW_PORT  where the gateway listens (127.0.0.1, 18790)
  GOCLAW_GATEWAY_TOKEN      the admin's token; without one it is generated into the data directory
  GOCLAW_MODE               standalone or managed (managed when there is a DSN, else standalone)
  GOCLAW_POSTGRES_DSN       PostgreSQL 15 or newer with pgvector (an embedded database)
  GOCLAW_ENCRYPTION_KEY     seals the secrets in the database (generated for an embedded one)
  GOCLAW_DATA_DIR           database, generated secrets, lock file (~/.goclaw/data)
  GOCLAW_WORKSPACE          where agents work (~/.goclaw/workspace)
  GOCLAW_PROVIDER           provider of agents that name none (the first one with a key)
  GOCLAW_MODEL              its model (the provider's default)
  GOCLAW_<NAME>_API_KEY     key of a provider: ANTHROPIC, OPENAI, OPENROUTER, GROQ, GEMINI, DEEPSEEK,
                            MISTRAL, XAI, MINIMAX, COHERE, PERPLEXITY
  GOCLAW_DISCOVERY          false: look for no model servers (Ollama, LM Studio, vLLM) on this machine
  NO_COLOR                  any value: no colours

Exit codes: 0 done, 1 failed or a problem was found, 2 wrong usage.`;

/** What stands below the options in `goclaw chat --help`. */
export const CHAT_HELP = `
Examples:
  goclaw chat                                    talk to the default agent, go on where you left
  goclaw chat -n researcher -s tax-2026          another agent, a conversation of its own
  goclaw chat -m "Summarise NOTES.md"            ask once; the answer alone goes to the standard output
  cat questions.txt | goclaw chat                one message a line
  goclaw chat --url https://agents.example.com --token "$TOKEN"

While you chat:
  /new   begin a new conversation    /stop  stop the answer    /help  list the commands
  Ctrl-C stops an answer; at the prompt it leaves, as do Ctrl-D, exit and quit.`;

/** What stands below the options in `goclaw doctor --help`. */
export const DOCTOR_HELP = `
Checks the configuration, Node, the data directory, the database, the providers, the port and the
workspaces. Changes nothing. Each finding that needs attention has its remedy below it. Exit code 1 when
there is a problem; warnings alone are no failure.

Examples:
  goclaw doctor
  goclaw doctor --json | jq '.findings[] | select(.level != "ok")'`;

/** What stands below the commands in `goclaw migrate --help`. */
export const MIGRATE_HELP = `
The gateway brings its database up to date whenever it starts; these commands are for doing it beforehand and
for going back. Stop the gateway first; on PostgreSQL "up" and "status" may run beside gateways, "down" may not.

Examples:
  goclaw migrate status
  goclaw migrate up
  goclaw migrate down --yes    take the newest migration back without asking`;

/** What stands below the commands in `goclaw secrets --help`. */
export const SECRETS_HELP = `
To change the encryption key: stop the gateways, start them with the new key as GOCLAW_ENCRYPTION_KEY and the old
one as GOCLAW_ENCRYPTION_KEY_PREVIOUS, run "goclaw secrets rotate" with the same two, then remove the old one.
Gateways on PostgreSQL may run meanwhile; an embedded database is for one process, so stop its gateway first.

Examples:
  goclaw secrets status
  GOCLAW_ENCRYPTION_KEY=$NEW GOCLAW_ENCRYPTION_KEY_PREVIOUS=$OLD goclaw secrets rotate`;
