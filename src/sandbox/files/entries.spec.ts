import { describe, expect, it } from 'vitest';
import { parseEntries, parseEntry } from './entries.js';

describe('an entry', () => {
  it('has the type, size and permissions of its raw mode', () => {
    expect(parseEntry('81a4 12\n', 'a')).toEqual({ name: 'a', type: 'file', size: 12, mode: 0o644 });
    expect(parseEntry('41ed 4096\n', 'd')).toMatchObject({ type: 'directory', mode: 0o755 });
    expect(parseEntry('a1ff 4\n', 'l')).toMatchObject({ type: 'link' });
    expect(parseEntry('11a4 0\n', 'p')).toMatchObject({ type: 'other' });
    expect(parseEntry('regular file', 'a')).toBeUndefined();
  });
});

describe('entries of a tree', () => {
  it('may have any names: a line break in one makes no other entry', () => {
    const text = 'MARK 81a4 1 /ws/a\nMARK 81a4 2 /ws/b\n81a4 9 /ws/forged\nMARK 41ed 0 /ws/d/ e\n';
    expect(parseEntries(text, 'MARK ', '/ws', false)).toEqual([
      { name: 'a', type: 'file', size: 1 },
      { name: 'b\n81a4 9 /ws/forged', type: 'file', size: 2 },
      { name: 'd/ e', type: 'directory', size: 0 },
    ]);
  });

  it('are without the last one when the text was cut', () => {
    const text = 'MARK 81a4 1 /ws/a\nMARK 81a4 2 /ws/bcd\n';
    expect(parseEntries(text, 'MARK ', '/ws', true)).toHaveLength(1);
  });
});
