import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { ChatUpdate } from '#client';
import { RpcError } from '#client';
import type { ChatResult } from '#protocol';
import { testContext, type TestContextOptions } from '../cli-context.fixture.js';
import { AnswerView } from './answer-view.js';
import { ChatScreen } from './chat-screen.js';

const result = (over: Partial<ChatResult> = {}): ChatResult => ({
  runId: 'r',
  sessionKey: 's',
  status: 'completed',
  content: '',
  usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
  ...over,
});

function show(
  options: TestContextOptions,
  updates: readonly ChatUpdate[],
  end: ChatResult | RpcError = result({ content: 'x' }),
): { stdout: string; stderr: string } {
  const context = testContext(options);
  const view = new AnswerView(new ChatScreen(context));
  for (const update of updates) view.show(update);
  if (end instanceof RpcError) view.fail(end);
  else view.end(end);
  return { stdout: context.stdout.text, stderr: context.stderr.text };
}

/** What is left on the screen: erased lines and styles are gone. */
function seen(text: string): string {
  const lines = text.split('\n').map((line) => line.split('\r\u001b[K').at(-1));
  return stripVTControlCharacters(lines.join('\n'));
}

const STEPS: ChatUpdate[] = [
  { type: 'thinking', text: 'Hm, ' },
  { type: 'thinking', text: 'files.' },
  { type: 'text', text: 'I will ' },
  { type: 'text', text: 'look.' },
  { type: 'tool-call', id: '1', name: 'list_files' },
  { type: 'tool-call', id: '2', name: 'read_file' },
  { type: 'tool-result', id: '1', name: 'list_files', isError: false },
  { type: 'tool-result', id: '2', name: 'read_file', isError: true },
  { type: 'text', text: '\n\nTwo files.' },
];

describe('an answer on a terminal', () => {
  it('shows thinking, text and each tool call as one line with its outcome', () => {
    const { stdout, stderr } = show({ isTerminal: true }, STEPS);
    expect(seen(stdout)).toBe(
      'Hm, files.\nI will look.\ntool list_files: ok\ntool read_file: failed\nTwo files.\n\n',
    );
    expect(stderr).toBe('');
  });

  it('dims what is not the answer', () => {
    const { stdout } = show({ isTerminal: true }, STEPS);
    expect(stdout).toContain('\u001b[2mHm, \u001b[22m');
    expect(stdout).toContain('\u001b[2mtool list_files: ok\n\u001b[22m');
    expect(stdout).toContain('I will look.');
  });

  it('tells thinking apart by a word where there are no colours', () => {
    const { stdout } = show({ isTerminal: true, env: { NO_COLOR: '1' } }, STEPS);
    expect(stdout).toContain('Thinking: Hm, files.\nI will look.');
    expect(stdout).not.toContain('\u001b[2m');
  });

  it('tells which tools are running', () => {
    const { stdout } = show({ isTerminal: true }, STEPS);
    expect(stdout).toContain('running list_files, read_file …');
  });

  it('tells that it was stopped, and which tools were', () => {
    const { stdout } = show({ isTerminal: true }, STEPS.slice(0, 7), result({ status: 'aborted' }));
    expect(seen(stdout)).toContain('tool list_files: ok\ntool read_file: stopped\nStopped.\n');
  });

  it('tells that the agent had nothing to say', () => {
    expect(seen(show({ isTerminal: true }, [], result()).stdout)).toContain('chose not to answer');
  });

  it('tells a failure below what had come', () => {
    const error = new RpcError({ code: 'UNAVAILABLE', message: 'The model is away.' });
    const { stdout } = show({ isTerminal: true }, [{ type: 'text', text: 'Half' }], error);
    expect(seen(stdout)).toBe('Half\nThe model is away.\n\n');
  });

  it('begins again with what counts when the gateway was restarted', () => {
    const updates: ChatUpdate[] = [
      { type: 'text', text: 'Good. Bad.' },
      { type: 'retracted', text: 'Good.' },
      { type: 'text', text: ' Better.' },
    ];
    expect(seen(show({ isTerminal: true }, updates).stdout)).toMatch(/restarted.*\nGood\. Better\.\n/);
  });
});

describe('an answer in a pipe', () => {
  it('is the text alone, exactly; the tools are told on the standard error', () => {
    const { stdout, stderr } = show({}, STEPS);
    expect(stdout).toBe('I will look.\n\nTwo files.\n');
    expect(stderr).toBe('tool list_files: ok\ntool read_file: failed\n');
  });

  it('is the whole content when nothing was streamed', () => {
    expect(show({}, [], result({ content: 'All at once.' })).stdout).toBe('All at once.\n');
  });

  it('cannot command a terminal that it ends up on', () => {
    expect(show({}, [{ type: 'text', text: 'a\u001b[2Jb' }]).stdout).toBe('a[2Jb\n');
  });
});
