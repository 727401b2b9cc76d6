/** The groups of routes, in the order in which people meet them, with what each is for. */
export const TAGS: Readonly<Record<string, string>> = {
  'Ask agents': 'What OpenAI’s own clients speak. Agents are models named `goclaw:<key>`.',
  Agents: 'Agents, who may use them, what their users set for themselves, and their context files.',
  Providers: 'Where models come from. A change takes effect with the next call.',
  Conversations: 'Stored conversations: one’s own, an admin’s those of all.',
  Traces: 'What happened in each run.',
  Usage: 'Tokens, by whatever they are to be added up.',
  'API keys': 'Keys with a role, scopes, an end, and somebody whom they act for.',
  People: 'Users and tenants that were seen; everything of a user, to take along or to erase.',
  Audit: 'Who did what: a chain of entries that nobody can change unseen.',
  Configuration: 'The configuration while the gateway runs. Secrets go in and never come out.',
  'MCP servers': 'Servers of tools, and who may use them.',
  Tools: 'What agents can do, why, and how to do it without a model.',
  'Custom tools': 'Commands that agents can call.',
  Skills: 'Packages of instructions.',
  Channels: 'Chat platforms that lead to an agent.',
  Health: 'For load balancers and probes.',
};
