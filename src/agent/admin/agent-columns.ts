import { Injectable } from '@nestjs/common';
import type { ConfigClass } from '#config';
import type { Caller } from '#contracts';
import { badField, PermissionError } from '#permissions';
import { ProviderRegistry } from '#providers';
import { SandboxSettings } from '#sandbox';
import type { AgentChanges, AgentEntity } from '#store';
import { ToolPolicyConfig } from '#tools';
import { SYSTEM_OWNER } from '../access/agent-level.js';
import { ContextPruningConfig } from '../agents.config.js';
import { isAbsolutePath } from '../resolver/workspace-path.js';
import { CompactionSettingsOfAgent } from '../settings/compaction-settings.js';
import { MemorySettings } from '../settings/memory-settings.js';
import { OtherSettings } from '../settings/other-settings.js';
import { requireSettings } from '../settings/require-settings.js';
import { keptEnv, maskedEnv } from '../settings/sandbox-env.js';
import { SubagentSettings } from '../settings/subagent-settings.js';
import type { AgentInput } from './agent-input.js';
import { wideningOf } from './tools-widening.js';

/** What the settings in each column may be. */
const SETTINGS: Readonly<Partial<Record<keyof AgentInput, ConfigClass>>> = {
  tools_config: ToolPolicyConfig,
  sandbox_config: SandboxSettings,
  subagents_config: SubagentSettings,
  memory_config: MemorySettings,
  compaction_config: CompactionSettingsOfAgent,
  context_pruning: ContextPruningConfig,
  other_config: OtherSettings,
};

/** What decides where an agent's files lie, whose it is, and what its tools may reach, is not its owner's to change. */
const ADMIN_ONLY = [
  'owner_id',
  'is_default',
  'workspace',
  'restrict_to_workspace',
  'sandbox_config',
] as const;

/** Ids that stand for somebody else than one person. */
const RESERVED_OWNER = /^(?:local$|group:)/;
const OWNER_MAX_BYTES = 255;

/** Turns what people set of an agent into columns, or says what does not fit. */
@Injectable()
export class AgentColumns {
  constructor(private readonly providers: ProviderRegistry) {}

  /** @throws RecordError, PermissionError */
  of(caller: Caller, input: Partial<AgentInput>, before?: AgentEntity): AgentChanges {
    const { agent_key: key, tools_config, other_config, sandbox_config: sandbox, ...rest } = input;
    if (before && key !== undefined && key !== before.agent_key)
      throw badField('agent_key', 'cannot be changed; create another agent');
    this.requireProvider(input.provider);
    requireOwner(input.owner_id);
    requireWorkspace(input.workspace);
    for (const [column, type] of Object.entries(SETTINGS)) requireColumn(type, input, column);
    if (caller.role !== 'admin' && before) requireOwnersChange(input, before);
    return {
      ...rest,
      ...(sandbox !== undefined && {
        sandbox_config: sandbox && keptEnv(sandbox, before?.sandbox_config),
      }),
      ...(tools_config !== undefined && { tools_config: tools_config ?? {} }),
      ...(other_config !== undefined && { other_config: other_config ?? {} }),
    };
  }

  /** Empty: the configured one. @throws RecordError */
  requireProvider(name: string | null | undefined): void {
    if (name === undefined || name === null || name === '' || this.providers.get(name)) return;
    const known = this.providers.list().map((provider) => provider.name);
    throw badField(
      'provider',
      `must be the name of a provider (${known.join(', ')}), or empty for the default`,
    );
  }
}

function requireColumn(type: ConfigClass, input: Partial<AgentInput>, column: string): void {
  const value: unknown = Reflect.get(input, column);
  if (typeof value === 'object' && value !== null) requireSettings(type, value, column);
}

function requireOwner(id: string | undefined): void {
  if (id === undefined || id === SYSTEM_OWNER) return;
  if (id === '' || Buffer.byteLength(id) > OWNER_MAX_BYTES)
    throw badField('owner_id', `must be a user id of 1 to ${OWNER_MAX_BYTES} bytes`);
  if (RESERVED_OWNER.test(id))
    throw badField(
      'owner_id',
      `is reserved; name a user, or "${SYSTEM_OWNER}" for an agent that everybody may use`,
    );
}

/** A relative path stays below the root of all workspaces. Whether an absolute one may be set, see ADMIN_ONLY. */
function requireWorkspace(path: string | undefined): void {
  if (path === undefined || path === '' || isAbsolutePath(path)) return;
  if (/^~|\\|(^|\/)\.{1,2}(\/|$)|\/\/|\/$|\p{Cc}/u.test(path)) {
    throw badField(
      'workspace',
      'must be a path below the root of the workspaces, without "." and "..", or an absolute one',
    );
  }
}

/** @throws PermissionError for what only an admin may change; what stays the same may be there. */
function requireOwnersChange(input: Partial<AgentInput>, before: AgentEntity): void {
  const changed = ADMIN_ONLY.find((name) => input[name] !== undefined && !isAsShown(name, input, before));
  if (changed !== undefined)
    throw new PermissionError('role', `Only an admin may change ${changed} of an agent.`);
  if (input.tools_config === undefined) return;
  const widened = wideningOf(before.tools_config, input.tools_config ?? {});
  if (widened !== undefined)
    throw new PermissionError(
      'role',
      `Only an admin may give an agent other tools: tools_config.${widened}.`,
    );
}

function isAsShown(
  name: (typeof ADMIN_ONLY)[number],
  input: Partial<AgentInput>,
  before: AgentEntity,
): boolean {
  const { sandbox_config: sandbox } = before;
  const shown = name === 'sandbox_config' ? sandbox && maskedEnv(sandbox) : before[name];
  return JSON.stringify(input[name]) === JSON.stringify(shown);
}
