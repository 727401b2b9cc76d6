import { IsArray, IsIn, IsOptional, IsString } from 'class-validator';
import { HasKnownGroups } from './has-known-groups.js';
import { TOOL_PROFILES } from './tool-groups.js';

/** The tool rules that hold while one provider answers. */
export class ProviderToolPolicyConfig {
  @IsOptional() @IsIn(TOOL_PROFILES) profile?: string;
  @IsArray() @IsString({ each: true }) @HasKnownGroups() allow: string[] = [];
  @IsArray() @IsString({ each: true }) @HasKnownGroups() deny: string[] = [];
  @IsArray() @IsString({ each: true }) @HasKnownGroups() alsoAllow: string[] = [];
}
