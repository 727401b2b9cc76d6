import { describe, expect, it } from 'vitest';
import { HttpError } from '../http.errors.js';
import { newMessages, wholeConversation } from '../input/conversation.js';
import { readChatRequest } from './read-chat-request.js';

const user = (content: unknown): object => ({ role: 'user', content });
const text = (value: string): object => ({ type: 'text', text: value });

function paramOf(body: unknown): string | undefined {
  try {
    readChatRequest(body);
  } catch (error) {
    if (error instanceof HttpError) return error.param ?? '(body)';
    throw error;
  }
  return undefined;
}

describe('a chat request', () => {
  it('is read with what the model is to do', () => {
    const body = {
      model: 'goclaw:x',
      messages: [user('Hi')],
      temperature: 0,
      top_p: 1,
      max_tokens: 5,
      max_completion_tokens: 6,
      stop: 'END',
      presence_penalty: -2,
      frequency_penalty: 2,
      seed: -1,
      stream: true,
      stream_options: { include_usage: true },
    };
    expect(readChatRequest(body)).toMatchObject({
      model: 'goclaw:x',
      sampling: {
        temperature: 0,
        topP: 1,
        maxTokens: 6,
        stop: ['END'],
        presencePenalty: -2,
        frequencyPenalty: 2,
        seed: -1,
      },
      stream: true,
      includeUsage: true,
      background: false,
    });
  });

  it('may say nothing in many words', () => {
    const nothing = {
      messages: [user('Hi')],
      tools: [],
      tool_choice: 'none',
      n: 1,
      logprobs: false,
      response_format: { type: 'text' },
      modalities: ['text'],
      logit_bias: {},
      temperature: null,
      stop: null,
      user: 'somebody',
      metadata: { a: 'b' },
      store: true,
      a_parameter_of_tomorrow: { x: 1 },
    };
    expect(readChatRequest(nothing).sampling).toEqual({});
  });

  it.each<[string, object]>([
    ['messages', {}],
    ['messages', { messages: 'Hi' }],
    ['messages[0]', { messages: ['Hi'] }],
    ['messages[0].role', { messages: [{ content: 'x' }] }],
    ['messages[0].role', { messages: [{ role: 'tool', content: 'x', tool_call_id: 'y' }] }],
    ['messages[0].content', { messages: [{ role: 'user' }] }],
    ['messages[0].content[0].type', { messages: [user([{ text: 'x' }])] }],
    ['messages[0].content[0].type', { messages: [user([{ type: 'input_audio' }])] }],
    ['messages[0].content[1].text', { messages: [user([text('x'), { type: 'text' }])] }],
    ['messages[0].content[0].image_url', { messages: [user([{ type: 'image_url' }])] }],
    ['messages[0].content[0].image_url.url', { messages: [user([image('file:///etc/passwd')])] }],
    ['messages[0].content[0].image_url.url', { messages: [user([image('http://x.example/y.png')])] }],
    ['messages[0].content[0]', { messages: [{ role: 'system', content: [image('https://x.example/y')] }] }],
    ['messages[0].tool_calls', { messages: [{ role: 'assistant', content: null, tool_calls: [{}] }] }],
  ])('is refused at %s', (param, body) => {
    expect(paramOf(body)).toBe(param);
  });

  it.each<[string, object]>([
    ['model', { model: 7 }],
    ['temperature', { temperature: 2.1 }],
    ['temperature', { temperature: '1' }],
    ['top_p', { top_p: -0.1 }],
    ['max_tokens', { max_tokens: 0 }],
    ['max_completion_tokens', { max_completion_tokens: 1.5 }],
    ['stop', { stop: ['a', 'b', 'c', 'd', 'e'] }],
    ['stop', { stop: [1] }],
    ['seed', { seed: 0.5 }],
    ['stream', { stream: 'yes' }],
    ['stream_options', { stream_options: {} }],
    ['stream_options.include_usage', { stream: true, stream_options: { include_usage: 1 } }],
    ['functions', { functions: [{ name: 'f' }] }],
    ['function_call', { function_call: 'auto' }],
    ['tool_choice', { tool_choice: 'required' }],
    ['logprobs', { logprobs: true }],
    ['logit_bias', { logit_bias: { '50256': -100 } }],
    ['modalities', { modalities: ['text', 'audio'] }],
    ['audio', { audio: { voice: 'alloy' } }],
    ['web_search_options', { web_search_options: {} }],
  ])('is refused for its %s', (param, extra) => {
    expect(paramOf({ messages: [user('Hi')], ...extra })).toBe(param);
  });

  it.each([undefined, null, 'x', 7, []])('is an object, not %s', (body) => {
    expect(paramOf(body)).toBe('(body)');
  });
});

describe('the conversation of a request', () => {
  const read = (messages: object[]): ReturnType<typeof readChatRequest>['conversation'] =>
    readChatRequest({ messages }).conversation;

  it('has its instructions apart, wherever they stand', () => {
    const { instructions, messages } = read([
      { role: 'system', content: 'Be brief.' },
      user('Hi'),
      { role: 'developer', content: [text('Be kind.'), text('Be true.')] },
      user('Yes?'),
    ]);
    expect(instructions).toEqual(['Be brief.', 'Be kind.\nBe true.']);
    expect(messages).toHaveLength(2);
  });

  const talk = [user('1'), { role: 'assistant', content: '2' }, user('3'), user('4')];

  it('is given whole before its last message', () => {
    const { given, content } = wholeConversation(read(talk), 'messages');
    expect(given.map(({ role }) => role)).toEqual(['user', 'assistant', 'user']);
    expect(content).toEqual([text('4')]);
  });

  it('is new behind the last answer, where it is stored', () => {
    const { given, content } = newMessages(read(talk), 'messages');
    expect(given).toEqual([]);
    expect(content).toEqual([text('3'), text('4')]);
  });

  it('ends with the user', () => {
    expect(() => newMessages(read(talk.slice(0, 2)), 'messages')).toThrow(/message of the user/);
    expect(() => wholeConversation(read([]), 'messages')).toThrow(/message of the user/);
  });
});

function image(url: string): object {
  return { type: 'image_url', image_url: { url } };
}
