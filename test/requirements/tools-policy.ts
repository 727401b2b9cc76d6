import { landed, type Requirements } from './requirement.js';

const POLICY = 'src/tools/policy/resolve-policy.spec.ts';
const INVOKE = 'test/e2e/tools-invoke.spec.ts';
const CUSTOM = 'test/e2e/custom-tools.spec.ts';
const SOURCE = 'src/tools/custom/custom-tool-source.spec.ts';
const MCP = 'test/e2e/mcp-server.spec.ts';

/** Which tools there are for whom, calls without a model, custom tools, and agents as MCP tools. */
export const TOOLS_POLICY: Requirements = {
  'R4-policy': landed(
    'the seven steps, groups, profiles, aliases, per provider, agent, channel and subagent; deny wins',
    `${POLICY} › %s`,
    `${POLICY} › refuses an unknown profile instead of taking it for "full"`,
    'src/agent/admin/tools-widening.spec.ts › of %j into %j is %s',
    'src/tools/registry/toolsets.spec.ts › have none of a source under a name that policies keep for the gateway, nor under another name of one',
  ),
  'R4-policy-twice': landed(
    'policy is checked when tools are shown and when they are executed, by the rules of the channel and of the provider that answers',
    'test/e2e/tool-policy.spec.ts › is that of its channel, for what is shown and for what is done',
    'test/e2e/tool-policy.spec.ts › is that of the fallback, for what a fallback asks for',
    'src/tools/executor/tool-executor.spec.ts › refuses a tool that policy hides, though the model calls it',
  ),
  'R4-explain': landed(
    'tools.explain, over the socket and by REST, answers why a tool is or is not available to an agent',
    `${INVOKE} › is told over REST, for all tools or for one`,
    `${INVOKE} › may be the place: commands have none in managed mode without a sandbox`,
    `${INVOKE} › is told over the socket`,
    `${POLICY} › says which step decided about a tool`,
  ),
  'R4-invoke': landed(
    '/v1/tools/invoke with the caller’s identity, policy and access; dryRun',
    `${INVOKE} › works in the workspace of the caller, and of nobody else`,
    `${INVOKE} › is one of an agent that the caller may use; another one is not found`,
    `${INVOKE} › obeys the policy of all, and of the agent, and has its arguments checked`,
    `${INVOKE} › is only described in a dry run, with whether it may be called`,
    `${INVOKE} › leaves a trace with a span, and an entry in the audit log`,
    `${INVOKE} › is not for viewers`,
  ),
  'R4-custom-template': landed(
    'custom tools: template, escaping, JSON-schema validation of arguments',
    `${CUSTOM} › is offered to the model with its schema, and runs with its arguments as words`,
    'src/tools/custom/render-command.spec.ts › hands on every text as one word, whatever a shell would make of it',
    'src/tools/custom/render-command.spec.ts › is refused with a NUL in it, and when it is longer than a system takes',
    'src/tools/custom/command-template.spec.ts › may not be %s',
  ),
  'R4-custom-env': landed(
    'custom tools: encrypted variables, merged over a minimal PATH, seen by nobody',
    `${CUSTOM} › has its variables beside a minimal environment, and nobody sees their values`,
    `${SOURCE} › never show the values of their variables, neither to the model nor to who watches`,
    `${SOURCE} › say so when their variables cannot be opened, and run nothing`,
    'src/tools/custom/secret-mask.spec.ts › are taken out of a text that comes in pieces, however it is cut',
  ),
  'R4-custom-guards': landed(
    'custom tools: deny patterns, approval and limits like exec',
    `${CUSTOM} › is stopped at its limit, and denied what no command may`,
    `${CUSTOM} › asks like exec, and runs when it was allowed`,
    `${SOURCE} › may be called again after a crash when they still waited for an approval`,
  ),
  'R4-custom-reload': landed(
    'custom tools: test-run endpoint, hot reload, per-agent override',
    `${CUSTOM} › is tried by an admin before anybody has it`,
    `${CUSTOM} › is changed, disabled and deleted while the gateway runs`,
    `${CUSTOM} › of an agent goes before that of all agents, for that agent alone`,
    `${SOURCE} › that were deleted, disabled or given to another agent are refused to a run that still has them`,
    `${SOURCE} › stay as they were while the database is away, and are withheld when they were never read`,
  ),
  'R4-mcp-server': landed(
    'each agent that is visible to the caller is a tool at /mcp; the official client and suite pass',
    `${MCP} › offers each agent that the caller may use as a tool, and no other`,
    `${MCP} › goes on with a conversation that is named, each user in one of their own`,
    `${MCP} › tells how it goes on to a client that wants to know`,
    `${MCP} › stops the run that a client cancels`,
    `${MCP} › stops the run of a client that has gone`,
    `${MCP} › lets in nobody without a credential, nor one that may only read, nor a page of elsewhere`,
    'test/e2e/mcp-conformance.spec.ts › passes %s',
  ),
};
