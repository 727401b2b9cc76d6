import type { ContentPart } from './content.js';
import type { JsonSchema } from './llm-provider.js';
import type { RunContext } from './run-context.js';
import type { SandboxTerms } from './sandbox.js';

/** What a tool is, apart from running it. */
export interface ToolSpec {
  /** Lower case, digits, `_`: what models call. */
  readonly name: string;
  /** For the model: what it does, what it returns, when to use it. */
  readonly description: string;
  /** JSON schema of the arguments; arguments that do not fit never reach the tool. */
  readonly parameters: JsonSchema;
  /** Policy groups that contain the tool, e.g. `fs`. */
  readonly groups: readonly string[];
  /** `true` when a call whose outcome is unknown may simply be made again (reading, no side effect). */
  readonly repeatable: boolean;
  /** Wall-clock limit of one call. Default: the executor's. */
  readonly timeoutMs?: number;
}

/** The directory that a tool may touch. */
export interface ToolWorkspace {
  /** Absolute path. */
  readonly root: string;
  /** `true`: nothing outside the root is reachable, symlinks followed. */
  readonly restrict: boolean;
  /** Files of its root that are kept elsewhere than on disk. */
  readonly documents?: WorkspaceDocuments;
}

/** Texts that an agent reads and writes as files of its workspace's root, and that are kept elsewhere. */
export interface WorkspaceDocuments {
  /** The names that are kept so, whether or not there is a text. */
  readonly names: readonly string[];
  /** `undefined`: there is none. */
  read(name: string): Promise<WorkspaceDocumentText | undefined>;
  /**
   * Replaces the text, with a version only when it still has it. Returns why it was refused, for the model; `undefined`
   * when it was done.
   */
  write(name: string, content: string, version?: number): Promise<string | undefined>;
}

export interface WorkspaceDocumentText {
  readonly content: string;
  readonly version: number;
}

export interface ToolContext {
  readonly run: RunContext;
  readonly toolCallId: string;
  readonly workspace: ToolWorkspace;
  /** How commands are shut in; absent: they run on the gateway's host, where that is allowed. */
  readonly sandbox?: SandboxTerms;
  /** Aborts with the run and at the call's own limit. */
  readonly signal: AbortSignal;
  /** Shows whoever watches the run what comes, before the result is there. Bounded; no part of the result. */
  show(text: string): void;
}

export interface ToolResult {
  /** What the model reads. Capped and scrubbed by the executor. */
  readonly content: readonly ContentPart[];
  readonly isError: boolean;
  /** For a person, where it differs from what the model reads. */
  readonly forUser?: string;
}

/**
 * Port: something an agent can do. Implementations must be safe for concurrent calls, keep nothing of a call in
 * the instance, end promptly on `signal`, and turn what goes wrong into an `isError` result that tells the model
 * what to do; a thrown error is a defect and reaches the model as a generic failure.
 */
export interface Tool {
  execute(args: Readonly<Record<string, unknown>>, context: ToolContext): Promise<ToolResult>;
  /**
   * Whether a call of a tool that is not `repeatable` is known to have had no effect yet, for instance because it still
   * waited for an approval when its process ended. Absent: it is not known.
   */
  isUntouched?(call: ToolCallRef): Promise<boolean>;
  /**
   * Why no call could work there, whatever its arguments: a sentence that names the remedy. For whoever asks why an agent
   * has not got what it should; a call finds out by itself. Absent: nothing is known against it.
   */
  problem?(place: Pick<ToolContext, 'sandbox'>): string | undefined;
}

/** One call of one run. */
export interface ToolCallRef {
  readonly runId: string;
  readonly toolCallId: string;
}

const TOOL_SPEC = Symbol('goclaw:tool-spec');

/** Marks a class as a tool; the registry finds it by this mark. */
export function DefineTool(spec: ToolSpec): <T extends new (...args: never[]) => Tool>(target: T) => void {
  return (target) => {
    Object.defineProperty(target, TOOL_SPEC, { value: Object.freeze(spec) });
  };
}

/** The spec of a class marked by {@link DefineTool}; `undefined` for any other value. */
export function toolSpecOf(target: unknown): ToolSpec | undefined {
  if (typeof target !== 'function') return undefined;
  const spec: unknown = Reflect.get(target, TOOL_SPEC);
  return isToolSpec(spec) ? spec : undefined;
}

function isToolSpec(value: unknown): value is ToolSpec {
  return typeof value === 'object' && value !== null && 'parameters' in value && 'groups' in value;
}

/** A result of plain text. */
export function textResult(text: string): ToolResult {
  return { content: [{ type: 'text', text }], isError: false };
}

/** A failure that the model can act on. */
export function errorResult(text: string): ToolResult {
  return { content: [{ type: 'text', text }], isError: true };
}
