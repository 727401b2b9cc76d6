import { landed, type Requirements } from './requirement.js';

const LINK = 'src/mcp/connection/mcp-link.spec.ts';
const OFFER = 'src/mcp/tools/server-offer.spec.ts';
const CONFIG = 'test/e2e/mcp-config.spec.ts';
const GRANTS = 'test/e2e/mcp-grants.spec.ts';
const OAUTH = 'test/e2e/mcp-oauth.spec.ts';
const REPLICAS = 'test/e2e/mcp-replicas.spec.ts';

/** Tools of MCP servers. */
export const TOOLS_MCP: Requirements = {
  'R4-mcp-transports': landed(
    'MCP servers are reached over stdio, SSE and streamable HTTP, tried against the reference server',
    `${LINK} › lists and calls over %s`,
    `${CONFIG} › give every agent their tools, resources and prompts (%s)`,
  ),
  'R4-mcp-oauth': landed(
    'users sign in at MCP servers, each for himself; tokens are renewed before they expire, by one replica',
    `${OAUTH} › gives the user, and nobody else, the tools, with a token of his own`,
    `${OAUTH} › asks the one in front of the browser, naming the user, before anything is taken`,
    `${OAUTH} › works once: what came back is not taken again, nor what nobody began`,
    `${OAUTH} › renews a token before it runs out, once for all who need it`,
    `${OAUTH} › renews a token that the server does not take any more, and repeats the call`,
    `${OAUTH} › takes a client that an admin registered where nobody is registered by itself`,
    `${REPLICAS} › are granted and taken away on both, and a token is renewed by one of them`,
  ),
  'R4-mcp-oauth-revocation': landed(
    'who signs out has his tokens made void where they came from; what goes wrong there stops nothing',
    `${OAUTH} › ends at the authorization server too when the user signs out, and here in any case`,
    'src/mcp/oauth/revoke-tokens.spec.ts › are made void, each by itself, by the client that they were given to',
    'src/mcp/oauth/revoke-tokens.spec.ts › go to no private address that a server names',
    'src/mcp/oauth/revoke-tokens.spec.ts › are not waited for when the server %s',
  ),
  'R4-mcp-oauth-config': landed(
    'people sign in at servers of the configuration, too, each for himself; also with a standalone gateway',
    `${OAUTH} › works for each user at a server of the configuration, too`,
    `${OAUTH} › is said to be needed, with where to`,
    `${OAUTH} › is begun in a chat, which shows where to go`,
    `${OAUTH} › gives the person the tools`,
    `${OAUTH} › goes to nobody else when its address is another one`,
    `${OAUTH} › is there for servers alone that can be signed in at`,
  ),
  'R4-mcp-oauth-hostile': landed(
    'a server that names its authorization server sends the gateway, or its users, nowhere that it should not',
    `${OAUTH} › is refused where the authorization server is not who it says`,
    `${OAUTH} › dials no private address that a server names, unless an admin allowed it`,
    `${LINK} › and redirects to another host is not followed there`,
  ),
  'R4-mcp-servers': landed(
    'servers of the configuration are there for everybody, those of the database at once for those to whom they are granted',
    `${CONFIG} › give every agent their tools, resources and prompts (%s)`,
    `${GRANTS} › take effect at once, for the agents that they are granted to and nobody else`,
    `${GRANTS} › are called no more once they are switched off`,
    `${GRANTS} › can be tried by an admin, who learns what is wrong`,
  ),
  'R4-mcp-grant-overrides': landed(
    'a grant may give one agent less time for calls of a server, and can change nothing else of it',
    `${GRANTS} › take no more of an agent’s time than its grant gives`,
    `${OFFER} › takes the time that the grant gives, and never more than the server`,
  ),
  'R4-mcp-grants': landed(
    'grants of agents and users are merged, and looked up with every call',
    'src/mcp/access/tool-terms.spec.ts › give %s',
    `${GRANTS} › merge what the agent and the user are granted`,
    `${GRANTS} › are called no more once the grant is gone, also by a run that is open`,
    `${REPLICAS} › are granted and taken away on both, and a token is renewed by one of them`,
  ),
  'R4-mcp-requests': landed(
    'who asked for access has it when an admin grants it',
    `${GRANTS} › are opened by a request that an admin grants`,
  ),
  'R4-mcp-names': landed(
    'tools have the prefix, the groups mcp and mcp:<server>, and names that every vendor takes',
    `${OFFER} › has its prefix, its groups and names that every vendor takes`,
    `${OFFER} › has a name of its own for each tool, also where cleaning makes them the same`,
  ),
  'R4-mcp-health': landed(
    'connections are pinged, and made anew with backoff, also with a new process',
    `${LINK} › is made anew over %s when the server was restarted`,
    `${LINK} › is made anew with a new process when the program was killed`,
    `${LINK} › and does not answer a ping is connected anew`,
    `${LINK} › and is away is asked again after a while that doubles, not by every call`,
    `${LINK} › and is shared comes back by itself`,
  ),
  'R4-mcp-changes': landed(
    'changes of a server’s list of tools are followed',
    `${LINK} › and says that its tools changed, a thousand times, is asked for them once`,
    `${GRANTS} › have the tools that they list after a change`,
  ),
  'R4-mcp-features': landed(
    'resources and prompts are offered as tools',
    `${OFFER} › has resources and prompts as tools where the server has them, unless they are denied or its own are called so`,
    `${CONFIG} › give every agent their tools, resources and prompts (%s)`,
  ),
  'R4-mcp-secrets': landed(
    'secrets of MCP servers are masked, and go to no other host than theirs',
    `${CONFIG} › show their secrets to nobody`,
    'src/config/secret-map.spec.ts › are there for the program and masked for everybody else',
    'src/config/secret-map.spec.ts › go to no other host without being given again',
    `${LINK} › that cannot be started, or ends at once, is an error that names it`,
  ),
  'R4-mcp-users': landed(
    'a connection that knows its user is never another one’s',
    `${GRANTS} › that are told who the user is have a connection for each`,
    'src/mcp/server/user-placeholders.spec.ts › carry the user, and nothing that he could put beside it',
  ),
  'R4-mcp-processes': landed(
    'programs see nothing of the gateway’s environment, and end with their connection and with the gateway',
    `${LINK} › sees nothing of the gateway’s environment but what programs need`,
    `${LINK} › ends with the connection, with what it started`,
    `${CONFIG} › end with the gateway, also when it is killed`,
  ),
  'R4-mcp-families': landed(
    'everything that a program has started ends with it, its connection and the gateway, also in sessions of their own',
    `${LINK} › ends with the connection, with what it started in sessions of their own`,
    `${LINK} › takes what it started along when it crashes, also what holds its output open`,
    `${CONFIG} › ends when the gateway %s`,
    'src/processes/process-family.spec.ts › are not those of a group whose id was given to another process',
  ),
  'R4-mcp-bad-servers': landed(
    'a server that dies, lies, sends megabytes or never answers is a result for the model',
    `${CONFIG} › are called again after they died, and what fails is a result for the model`,
    `${GRANTS} › that lie do not break the conversation`,
    `${LINK} › and never answers costs a call its time limit, not more`,
    `${LINK} › and sends megabytes is cut off`,
    `${LINK} › that prints gigabytes without a line end is cut off`,
    `${LINK} › and sends without end what nobody asked for is cut off`,
    `${LINK} › and lists what is no tool, tools twice and ten thousand of them, has those that can be`,
    `${LINK} › and breaks off in mid-call is not asked twice`,
    'src/mcp/tools/offered-schema.spec.ts › that is %s is replaced by one that takes everything',
    'src/mcp/tools/to-tool-result.spec.ts › is never taken for what it is not: %j',
  ),
};
