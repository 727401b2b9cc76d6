import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunContext, Tool, ToolCall, ToolContext, ToolResult, ToolWorkspace } from '#contracts';
import { callerOf } from './callers.js';

/** The context of a run that nobody else knows of. */
export function runContext(overrides: Partial<RunContext> = {}): RunContext {
  return {
    runId: 'run-1',
    caller: callerOf('ann'),
    agent: { id: 'agent-1', key: 'default' },
    session: { id: 'session-1', key: 'agent:default:ws:direct:ann' },
    lane: 'main',
    signal: new AbortController().signal,
    trace: { traceId: 'trace-1', spanId: 'span-1' },
    epoch: 1,
    attempt: 1,
    ...overrides,
  };
}

export function toolContext(workspace: ToolWorkspace, overrides: Partial<ToolContext> = {}): ToolContext {
  const run = runContext();
  return { run, toolCallId: 'call-1', workspace, signal: run.signal, show: () => undefined, ...overrides };
}

export function toolCall(name: string, args: Record<string, unknown> = {}, id = 'call-1'): ToolCall {
  return { id, name, arguments: args };
}

/** The text that a model reads. */
export function textOf(result: ToolResult): string {
  return result.content.map((part) => (part.type === 'text' ? part.text : '[image]')).join('\n');
}

/** A tool of one function. */
export function toolFrom(execute: Tool['execute']): Tool {
  return { execute };
}

/** A directory of its own with a workspace in it, so that there is an outside as well. */
export async function tempWorkspace(): Promise<{
  readonly outside: string;
  readonly workspace: ToolWorkspace;
  remove(): Promise<void>;
}> {
  const outside = await mkdtemp(join(tmpdir(), 'goclaw-tools-'));
  return {
    outside,
    workspace: { root: join(outside, 'ws'), restrict: true },
    remove: () => rm(outside, { recursive: true, force: true }),
  };
}

const MAKE_FIFO = 'mkfifo';

/** A named pipe without a writer: whoever opens it to read, and does not take care, waits for ever. */
export function makeFifo(path: string): void {
  execFileSync(MAKE_FIFO, [path]);
}
