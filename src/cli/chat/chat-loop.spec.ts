import { describe, expect, it, vi } from 'vitest';
import { testContext } from '../cli-context.fixture.js';
import { chatLoop } from './chat-loop.js';
import { ChatScreen } from './chat-screen.js';
import type { Conversation } from './conversation.js';
import { PipedInput } from './piped-input.js';

async function loop(input: string, answers = true): Promise<{ asked: string[]; ok: boolean; told: string }> {
  const context = testContext();
  context.stdin.end(input);
  const asked: string[] = [];
  const ask = vi.fn<(text: string) => Promise<boolean>>((text) => {
    asked.push(text);
    return Promise.resolve(answers);
  });
  const reset = (): Promise<boolean> => Promise.resolve(answers && asked.push('(reset)') > 0);
  const signIn = (server: string): Promise<boolean> => Promise.resolve(asked.push(`(${server})`) > 0);
  const conversation = { ask, reset, signIn } as unknown as Conversation;
  const ok = await chatLoop(new PipedInput(context), conversation, new ChatScreen(context));
  return { asked, ok, told: context.stderr.text };
}

describe('a conversation', () => {
  it('takes one message a line, without blanks around it', async () => {
    expect(await loop('one\n\n \t\n  two  \nthree')).toMatchObject({
      asked: ['one', 'two', 'three'],
      ok: true,
    });
  });

  it.each(['exit', 'QUIT'])('is left by %s', async (word) => {
    expect((await loop(`one\n${word}\ntwo\n`)).asked).toEqual(['one']);
  });

  it('begins anew at /new', async () => {
    expect((await loop('one\n/NEW\ntwo\n')).asked).toEqual(['one', '(reset)', 'two']);
  });

  it('signs in at a server at /connect, and at nothing where none is named', async () => {
    const { asked, told } = await loop('/connect  my mail \n/CONNECT wiki\n/connect\n');
    expect(asked).toEqual(['(my mail)', '(wiki)']);
    expect(told).toContain('/connect <its name>');
  });

  it('sends no misspelt command to the agent', async () => {
    const { asked, told } = await loop('/hepl\n');
    expect(asked).toEqual([]);
    expect(told).toContain('no command /hepl. /help');
  });

  it('sends a message that begins with a path', async () => {
    expect((await loop('/etc/hosts\n/tmp is full, why?\n')).asked).toEqual([
      '/etc/hosts',
      '/tmp is full, why?',
    ]);
  });

  it('goes on after a failure, and tells of it at its end', async () => {
    expect(await loop('one\ntwo\n', false)).toMatchObject({ asked: ['one', 'two'], ok: false });
    expect(await loop('/new\n', false)).toMatchObject({ ok: false });
  });
});
