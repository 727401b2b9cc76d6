import { IsArray, IsString } from 'class-validator';
import { HasKnownGroups } from './has-known-groups.js';

/** What the runs of one channel may use of what there is: it takes away, and never adds. */
export class ChannelToolPolicyConfig {
  @IsArray() @IsString({ each: true }) @HasKnownGroups() allow: string[] = [];
  @IsArray() @IsString({ each: true }) @HasKnownGroups() deny: string[] = [];
}
