import type { Offer, OfferedTool, ToolSpec, WithheldTool } from '#contracts';
import { isGranted, type ToolTerms } from '../access/tool-terms.js';
import type { ListedTool, ServerListing } from '../connection/server-listing.js';
import { DESCRIPTION_MAX_CHARS, TOOLS_OFFERED_MAX } from '../mcp.limits.js';
import type { McpServerTerms } from '../server/server-terms.js';
import type { McpCalls, McpToolRef } from './mcp-calls.js';
import { McpFeatureTool } from './mcp-feature.tool.js';
import { McpTool } from './mcp-tool.js';
import { offeredSchema } from './offered-schema.js';
import { SERVER_FEATURES, type ServerFeature } from './server-features.js';
import { distinctName, serverPrefix, toolName } from './tool-names.js';

/** The executor waits a little longer than the call itself, which says more about what happened. */
const TIMEOUT_GRACE_MS = 2_000;

/** What one server offers under these terms. */
export function serverOffer(
  calls: McpCalls,
  offered: McpServerTerms,
  listing: ServerListing,
  granted: ToolTerms,
): Offer {
  // A grant narrows what the server has, its time as well.
  const server = { ...offered, timeoutMs: Math.min(offered.timeoutMs, granted.timeoutMs ?? Infinity) };
  const source = sourceOf(server);
  const names = new Map<string, OfferedTool>();
  const withheld: WithheldTool[] = listing.unusable.map((reason) => ({
    name: server.name,
    source,
    reason: `The MCP server ${server.name} lists what cannot be used: ${reason}. Ask whoever runs it.`,
  }));
  for (const tool of listing.tools.values()) {
    if (!isGranted(granted, tool.name)) {
      withheld.push({ name: toolName(server.prefix, tool.name), source, reason: leftOut(server, tool.name) });
      continue;
    }
    const name = freeName(names, server.prefix, tool.name);
    if (names.size >= TOOLS_OFFERED_MAX) {
      withheld.push({ name, source, reason: tooMany(server) });
      continue;
    }
    names.set(name, { spec: specOf(name, server, tool), tool: toolOf(calls, server, tool), source });
  }
  for (const feature of SERVER_FEATURES) {
    if (!isThere(feature, listing) || listing.tools.has(feature.name)) continue;
    const name = toolName(serverPrefix(server), feature.name);
    if (!isGranted(granted, feature.name))
      withheld.push({ name, source, reason: leftOut(server, feature.name) });
    else if (!names.has(name)) names.set(name, featureTool(calls, server, feature, name));
  }
  return { tools: [...names.values()], withheld };
}

export function sourceOf({ name }: Pick<McpServerTerms, 'name'>): string {
  return `mcp:${name}`;
}

function freeName(taken: ReadonlyMap<string, unknown>, prefix: string, name: string): string {
  const wanted = toolName(prefix, name);
  return taken.has(wanted) ? distinctName(prefix, name) : wanted;
}

function specOf(name: string, server: McpServerTerms, tool: ListedTool): ToolSpec {
  const { schema, isReplaced } = offeredSchema(tool.inputSchema);
  const note = isReplaced ? ' (What arguments it takes is not known.)' : '';
  return {
    name,
    description:
      `${describe(tool.description)}${note}` || `The tool ${tool.name} of the MCP server ${server.name}.`,
    parameters: schema,
    groups: groupsOf(server),
    repeatable: tool.isReadOnly,
    timeoutMs: server.timeoutMs + TIMEOUT_GRACE_MS,
  };
}

function toolOf(calls: McpCalls, server: McpServerTerms, tool: ListedTool): McpTool {
  return new McpTool(calls, refOf(server, tool.name, tool.isReadOnly), server.timeoutMs);
}

function featureTool(
  calls: McpCalls,
  server: McpServerTerms,
  feature: ServerFeature,
  name: string,
): OfferedTool {
  const { description, parameters } = feature;
  const spec = {
    name,
    description: `${description} Server: ${server.name}.`,
    parameters,
    groups: groupsOf(server),
    repeatable: true,
    timeoutMs: server.timeoutMs + TIMEOUT_GRACE_MS,
  };
  const ref = refOf(server, feature.name, true);
  return { spec, tool: new McpFeatureTool(calls, ref, feature, server.timeoutMs), source: sourceOf(server) };
}

function refOf(server: McpServerTerms, tool: string, isReadOnly: boolean): McpToolRef {
  return { serverKey: server.key, serverName: server.name, tool, isReadOnly };
}

function groupsOf({ name }: McpServerTerms): readonly string[] {
  return ['mcp', `mcp:${name}`];
}

function isThere({ of }: ServerFeature, listing: ServerListing): boolean {
  return of === 'resources' ? listing.hasResources : listing.hasPrompts;
}

function describe(text: string): string {
  return text.length <= DESCRIPTION_MAX_CHARS ? text : `${text.slice(0, DESCRIPTION_MAX_CHARS)}…`;
}

function leftOut({ name }: McpServerTerms, tool: string): string {
  return `A grant of the MCP server ${name} leaves ${tool} out. An admin can change its tool_allow and tool_deny.`;
}

function tooMany({ name }: McpServerTerms): string {
  return `The MCP server ${name} has more than ${TOOLS_OFFERED_MAX} tools. An admin can pick the ones that are needed in the grant's tool_allow.`;
}
