import { landed, type Requirements } from './requirement.js';

const ACCESS = 'src/agent/access/agent-access.spec.ts';
const ADMIN = 'test/e2e/agents-admin.spec.ts';
const SHARING = 'test/e2e/agent-sharing.spec.ts';
const FILES = 'test/e2e/context-files.spec.ts';
const REVOKED = 'test/integration/agent-access.spec.ts';

/** Issue 3: agents, who may use them, and what they need. */
export const MANAGED_AGENTS: Requirements = {
  'R3-agent-access': landed(
    'the agent access pipeline (default, owner, share) is enforced on every use of an agent, not only on reading it',
    `${ACCESS} › is everybody for the default one and the gateway’s own, else its owner and with whom it is shared`,
    `${ACCESS} › says of an agent of others what it says of one that does not exist`,
    `${SHARING} › is nobody but its owner, on every way to it, until it is shared`,
    `${SHARING} › lets users run it, editors change it, and its owner share and delete it`,
  ),
  'R3-agent-access-live': landed(
    'access and credentials are looked up before each model call and tool batch, also when a run is resumed',
    `${ACCESS} › ends for a going run with the share, with the agent, and when another agent got its key`,
    `${SHARING} › ends a going run before its next tool when %s on the other replica`,
    `${SHARING} › ends a going run before its next tool when its key is revoked`,
    `${REVOKED} › is not gone on with after a crash`,
    `${REVOKED} › ends after the tool that is going, before the model hears of its result`,
    `${REVOKED} › has a result for every call that was not made`,
  ),
  'R3-agent-overrides': landed(
    'user_agent_overrides are applied',
    `${ADMIN} › keeps each user’s own model and settings for it, which hold for that user alone`,
    'src/agent/resolver/model-targets.spec.ts › are what the session says before what the user says before what the agent says',
  ),
  'R3-agents-rest': landed(
    'agents are made, read, changed and deleted by REST, each field checked',
    `${ADMIN} › has what was not said from the configuration, and belongs to who made it`,
    `${ADMIN} › is refused with the field that does not fit`,
    `${ADMIN} › takes no runs while it is inactive`,
    `${SHARING} › refuses shares that are none`,
  ),
  'R3-agents-rpc': landed(
    'the agents.* methods of the protocol',
    `${ADMIN} › are made, presented, changed and deleted in managed mode`,
    `${ADMIN} › are part of the configuration file in standalone mode, and their files lie in the workspace`,
    'src/gateway/agent-id.spec.ts › makes of the name %j the id %j',
  ),
  'R3-agents-lists': landed(
    'lists of agents have keyset pages, filters, sort and total',
    `${ADMIN} › is listed page by page, sorted, filtered and counted`,
  ),
  'R3-agents-etag': landed(
    'two admins do not overwrite each other, also on two replicas; PATCH and PUT',
    `${ADMIN} › is changed in part by PUT and PATCH, and not by who has seen an older version`,
    `${SHARING} › is changed by one of two who change it on two replicas at once`,
  ),
  'R3-agents-keys': landed(
    'soft-deleted keys can be reused; one of two that make the same key at once makes it',
    `${ADMIN} › is one of two that were made with the same key at once, and its key is free once it is deleted`,
  ),
  'R3-agents-default': landed(
    'exactly one agent is the default one',
    `${ADMIN} › is the default one alone, also when two are made so at once, and cannot be deleted then`,
  ),
  'R3-agents-policies': landed(
    'per-agent policies take effect',
    `${ADMIN} › has the tools that its policy leaves it, in what the model is shown and in what is executed`,
  ),
  'R3-agents-caches': landed(
    'an admin change is effective on the next run, also on another replica',
    `${ADMIN} › is asked as it was changed, from its next run on`,
    `${SHARING} › is another set of people on the other replica, too, as soon as it is changed on one`,
    `${ACCESS} › is read once, and again after an event of the agent`,
    `${ACCESS} › is not remembered from a read that an event overtook`,
  ),
  'R3-context-files': landed(
    'context files: seeded, routed by the type of the agent, shortened, the same bytes between turns, edited by REST',
    `${FILES} › are each user’s own for an open agent: seeded, read and written by its tools, and in its prompts`,
    `${FILES} › are the agent’s for a predefined one, but for USER.md, and its users’ runs cannot change them`,
    `${FILES} › are changed by who has seen them last, have a size, and known names`,
    `${FILES} › are cut in a prompt, with their beginning and end kept`,
    `${FILES} › cannot open a section of the prompt or leave their element`,
    `${FILES} › lie in the workspace, are made where they are missing, and show in the next prompt when somebody edits them`,
    'src/bootstrap/project-context.spec.ts › is everything for people, and AGENTS and TOOLS for subagents and schedules',
    'src/bootstrap/fit-files.spec.ts › never take more than they may, and are no broken characters, whatever they hold',
    'src/bootstrap/disk-context-files.spec.ts › are no links: what lies outside of the workspace is not shown',
  ),
  'R3-agent-profiles': landed('it is noted who talks to which agent', `${ADMIN} › notes who talks to it`),
};
