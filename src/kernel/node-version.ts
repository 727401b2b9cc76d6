/** Older ones lack what the program uses. */
export const NODE_OLDEST_MAJOR = 22;
/** What is tested, and what npm brings along. */
export const NODE_TESTED_MAJOR = 24;

/** Why the program cannot run on this version of Node, and what to do; `undefined` when it can. */
export function nodeProblem(version: string): string | undefined {
  if (Number.parseInt(version, 10) >= NODE_OLDEST_MAJOR) return undefined;
  return `Node ${version} is too old: GoClaw needs ${NODE_OLDEST_MAJOR} or later. Run it by npm (npm start), which brings Node ${NODE_TESTED_MAJOR}, or install that: https://nodejs.org`;
}
