import { IsInt, Max } from 'class-validator';
import { AgentParams } from './agents.dto.js';

export const RECORDS_DEFAULT = 50;
const RECORDS_MAX = 1_000;

export class UsageGetParams extends AgentParams {
  /** 0 or less: the default. */
  @IsInt() @Max(RECORDS_MAX) limit = RECORDS_DEFAULT;
}
