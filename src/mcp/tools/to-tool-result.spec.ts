import { describe, expect, it } from 'vitest';
import { toToolResult } from './to-tool-result.js';

const PIXEL = 'iVBORw0KGgo=';
const textsOf = (answer: Record<string, unknown>): string[] =>
  toToolResult(answer).content.map((part) => (part.type === 'text' ? part.text : part.url));

describe('what a server answers', () => {
  it('is text, pictures and the rest by name', () => {
    const content = [
      { type: 'text', text: 'one' },
      { type: 'image', data: PIXEL, mimeType: 'image/png' },
      { type: 'audio', data: 'AAAA', mimeType: 'audio/wav' },
      { type: 'resource', resource: { uri: 'a://b', text: 'inside' } },
      { type: 'resource', resource: { uri: 'a://c', blob: PIXEL, mimeType: 'image/png' } },
      { type: 'resource', resource: { uri: 'a://d', blob: 'AAAA', mimeType: 'application/zip' } },
      { type: 'resource_link', uri: 'a://e', name: 'more' },
      { type: 'hologram' },
    ];
    expect(textsOf({ content })).toEqual([
      'one',
      `data:image/png;base64,${PIXEL}`,
      '[audio, audio/wav, 1 KB: cannot be shown here]',
      '[a://b]\ninside',
      `data:image/png;base64,${PIXEL}`,
      '[a://d, application/zip, 1 KB: cannot be shown here]',
      '[resource more: a://e; read it to see what is in it]',
      '[a part of the unknown type hologram]',
    ]);
  });

  it.each([
    [
      { content: [{ type: 'image', data: 'x", evil', mimeType: 'image/png' }] },
      '[image, image/png, 1 KB: cannot be shown here]',
    ],
    [
      { content: [{ type: 'image', data: PIXEL, mimeType: 'image/svg+xml' }] },
      '[image, image/svg+xml, 1 KB: cannot be shown here]',
    ],
    [{ content: 'text' }, '[a part that is no object]'],
    [{ content: [null] }, '[a part that is no object]'],
    [{ content: [{ type: 'text' }] }, ''],
    [{ content: [], structuredContent: { a: 1 } }, '{"a":1}'],
    [{}, 'Done; the tool returned nothing.'],
    [{ isError: true }, 'The tool failed and said nothing about it.'],
  ])('is never taken for what it is not: %j', (answer, expected) => {
    expect(textsOf(answer)).toEqual([expected]);
  });

  it('is an error where it says so, and only there', () => {
    expect(toToolResult({ isError: true, content: [{ type: 'text', text: 'no' }] }).isError).toBe(true);
    expect(toToolResult({ isError: 'false', content: [] }).isError).toBe(false);
  });

  it('is cut where it is too much, and says so', () => {
    const [part = ''] = textsOf({ content: [{ type: 'text', text: 'x'.repeat(5_000_000) }] });
    expect(part.length).toBeLessThan(600_000);
    expect(part).toContain('the server sent 5000000 characters');
    expect(
      textsOf({ content: Array.from({ length: 5_000 }, () => ({ type: 'text', text: 'x' })) }).at(-1),
    ).toBe('[4900 more parts were left out]');
  });
});
