import type { AgentEvent } from '#protocol';

/** What a run tells while it goes. */
export type ChatUpdate =
  | { readonly type: 'accepted'; readonly runId: string; readonly sessionKey: string }
  | { readonly type: 'started' }
  /** A piece of the answer. */
  | { readonly type: 'text'; readonly text: string }
  /** Part of the text is void after a restart of the gateway; `text` is what remains of it. */
  | { readonly type: 'retracted'; readonly text: string }
  | { readonly type: 'thinking'; readonly text: string }
  | { readonly type: 'tool-call'; readonly id: string; readonly name: string }
  | { readonly type: 'tool-result'; readonly id: string; readonly name: string; readonly isError: boolean }
  /** The whole answer. */
  | { readonly type: 'message'; readonly content: string };

/** The update that an event of the log is for its reader, if it is one by itself. */
export function updateOf(event: AgentEvent): ChatUpdate | undefined {
  const payload: Readonly<Record<string, unknown>> = { ...event.payload };
  const text = textOf(payload['content']);
  const tool = { id: textOf(payload['id']), name: textOf(payload['name']) };
  switch (event.type) {
    case 'run.started':
      return { type: 'started' };
    case 'chunk':
      return { type: 'text', text };
    case 'thinking':
      return { type: 'thinking', text };
    case 'tool.call':
      return { type: 'tool-call', ...tool };
    case 'tool.result':
      return { type: 'tool-result', ...tool, isError: payload['is_error'] === true };
    case 'message':
      return { type: 'message', content: text };
    default:
      return undefined;
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
