import { IsArray, IsIn, IsOptional, IsString } from 'class-validator';
import { ConfigSection, NestedMap } from '#config';
import { ChannelToolPolicyConfig } from './channel-tool-policy.config.js';
import { HasKnownGroups } from './has-known-groups.js';
import { ProviderToolPolicyConfig } from './provider-tool-policy.config.js';
import { TOOL_PROFILES } from './tool-groups.js';

/**
 * Which tools may be used: the section `tools` for everybody, and `tools` of an agent for that agent.
 * Entries are tool names, `group:<name>` or `*`; `deny` always wins.
 */
@ConfigSection('tools', { live: true })
export class ToolPolicyConfig {
  @IsOptional() @IsIn(TOOL_PROFILES) profile?: string;
  @IsArray() @IsString({ each: true }) @HasKnownGroups() allow: string[] = [];
  @IsArray() @IsString({ each: true }) @HasKnownGroups() deny: string[] = [];
  @IsArray() @IsString({ each: true }) @HasKnownGroups() alsoAllow: string[] = [];
  @NestedMap(() => ProviderToolPolicyConfig) byProvider: Record<string, ProviderToolPolicyConfig> = {};
  @NestedMap(() => ChannelToolPolicyConfig) byChannel: Record<string, ChannelToolPolicyConfig> = {};
}
