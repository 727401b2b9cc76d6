import { IsLine } from '../text-param.decorator.js';

const SERVER_MAX_CHARS = 300;

export class McpSignInParams {
  @IsLine(SERVER_MAX_CHARS) server!: string;
}
