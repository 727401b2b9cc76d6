import { describe, expect, it, vi } from 'vitest';
import { type TestContext, testContext } from '../cli-context.fixture.js';
import { PromptInput } from './prompt-input.js';

const CTRL_C = '\u0003';
const CTRL_D = '\u0004';

function atKeyboard(): { context: TestContext; input: PromptInput; busy: ReturnType<typeof busyKeys> } {
  const context = testContext({ isTerminal: true });
  const busy = busyKeys();
  return { context, busy, input: new PromptInput(context, busy) };
}

function busyKeys() {
  return {
    onInterrupt: vi.fn<() => void>(),
    onLine: vi.fn<(line: string) => boolean>(() => false),
    onEnd: vi.fn<() => void>(),
  };
}

/** The editor takes keys when the event loop comes to it. */
async function typed(context: TestContext, keys: string): Promise<void> {
  context.stdin.write(keys);
  await expect.poll(() => context.stdin.readableLength).toBe(0);
}

describe('the prompt', () => {
  it('gives the lines that are typed', async () => {
    const { context, input } = atKeyboard();
    const line = input.next();
    await typed(context, 'hello\r');
    expect(await line).toBe('hello');
    expect(context.stdout.text).toContain('> ');
    input.close();
  });

  it.each([
    ['Ctrl-C', CTRL_C],
    ['Ctrl-D', CTRL_D],
  ])('is left by %s', async (_name, key) => {
    const { context, input, busy } = atKeyboard();
    const line = input.next();
    await typed(context, key);
    expect(await line).toBeUndefined();
    expect(context.stdout.text).toMatch(/> [^\n]*\n$/);
    expect(busy.onInterrupt).not.toHaveBeenCalled();
    expect(busy.onEnd).not.toHaveBeenCalled();
    expect(await input.next()).toBeUndefined();
  });

  it('keeps what is being typed when something is told meanwhile', async () => {
    const { context, input } = atKeyboard();
    const line = input.next();
    await typed(context, 'hel');
    input.interject(() => context.stdout.write('news\n'));
    await typed(context, 'lo\r');
    expect(await line).toBe('hello');
    expect(context.stdout.text).toMatch(/news\n.*> .*hel/s);
    input.close();
  });
});

describe('while an answer is going', () => {
  it('Ctrl-C interrupts it and does not leave', async () => {
    const { context, input, busy } = atKeyboard();
    await typed(context, CTRL_C);
    await vi.waitFor(() => expect(busy.onInterrupt).toHaveBeenCalledOnce());
    const line = input.next();
    await typed(context, 'on\r');
    expect(await line).toBe('on');
    input.close();
  });

  it('what is typed is not drawn, and comes next', async () => {
    const { context, input, busy } = atKeyboard();
    await typed(context, 'later\rhalf');
    await vi.waitFor(() => expect(busy.onLine).toHaveBeenCalledWith('later'));
    expect(context.stdout.text).toBe('');
    expect(await input.next()).toBe('later');
    expect(context.stdout.text).toBe('> later\n');
    const line = input.next();
    await typed(context, ' done\r');
    expect(await line).toBe('half done');
    input.close();
  });

  it('Ctrl-D is told, and ends the lines', async () => {
    const { context, input, busy } = atKeyboard();
    await typed(context, CTRL_D);
    await vi.waitFor(() => expect(busy.onEnd).toHaveBeenCalledOnce());
    expect(await input.next()).toBeUndefined();
    input.close();
  });

  it('a line that was dealt with does not come again', async () => {
    const { context, input, busy } = atKeyboard();
    busy.onLine.mockReturnValueOnce(true);
    await typed(context, '/stop\rnext\r');
    await vi.waitFor(() => expect(busy.onLine).toHaveBeenCalledTimes(2));
    expect(await input.next()).toBe('next');
    input.close();
  });
});
