/** `program` of `startGateway`: the built program, but its tool `list_files` never answers. */
export const HANGING_TOOL_GATEWAY: readonly string[] = [
  '--import',
  new URL('./hanging-tool.mjs', import.meta.url).href,
  'dist/src/main.js',
];
