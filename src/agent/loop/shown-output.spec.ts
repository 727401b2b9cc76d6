import { beforeEach, describe, expect, it } from 'vitest';
import { ManualClock } from '../../../test/support/manual-clock.js';
import { toolCall } from '../../../test/support/tools.js';
import { CALL_MAX_CHARS, ShownOutput } from './shown-output.js';

const CALL = toolCall('exec');

describe('What a call shows while it goes', () => {
  let clock: ManualClock;
  let published: { id: string; name: string; content: string }[];
  let shown: ShownOutput;
  beforeEach(() => {
    clock = new ManualClock();
    published = [];
    const append = (_type: string, payload: unknown): void =>
      void published.push(payload as (typeof published)[0]);
    shown = new ShownOutput({ append }, clock, (text) => text.replaceAll('hunter2', '***'));
  });

  it('is published in pieces, not line by line', () => {
    for (let line = 0; line < 50; line++) shown.add(CALL, `line ${line}\n`);
    expect(published).toEqual([]);
    clock.advance(100);
    expect(published).toHaveLength(1);
    expect(published[0]).toMatchObject({ id: CALL.id, name: 'exec' });
    expect(published[0]?.content).toMatch(/^line 0\n.*line 49\n$/s);
  });

  it('does not wait when there is much of it', () => {
    shown.add(CALL, 'x'.repeat(5_000));
    expect(published.map(({ content }) => content.length)).toEqual([5_000]);
    expect(clock.pending).toBe(0);
  });

  it('is cleaned line by line, however it comes', () => {
    shown.add(CALL, 'user ann\npassword hun');
    clock.advance(100);
    shown.add(CALL, 'ter2\nwelc');
    clock.advance(100);
    expect(published.map(({ content }) => content)).toEqual(['user ann\n', 'password ***\n']);
    clock.advance(1_000);
    expect(published.at(-1)?.content).toBe('welc');
    shown.add(CALL, 'hunter2');
    shown.end(CALL);
    expect(published.at(-1)?.content).toBe('***');
    expect(clock.pending).toBe(0);
  });

  it('comes before the result, and nothing of it after', () => {
    shown.add(CALL, 'last words');
    shown.end(CALL);
    expect(published.map(({ content }) => content)).toEqual(['last words']);
    shown.add(CALL, 'from the grave');
    clock.advance(1_000);
    expect(published).toHaveLength(1);
  });

  it('is bounded, and says so once', () => {
    for (let piece = 0; piece < 100; piece++) shown.add(CALL, 'y'.repeat(10_000));
    shown.end(CALL);
    const all = published.map(({ content }) => content).join('');
    expect(all.replaceAll(/[^y]/g, '')).toHaveLength(CALL_MAX_CHARS);
    expect(all.split('more output is not shown')).toHaveLength(2);
  });

  it('is of each call its own, and storable', () => {
    const other = toolCall('exec', {}, 'call-2');
    shown.add(CALL, 'a\0b');
    shown.add(other, '\ud800c');
    shown.end(CALL);
    shown.end(other);
    expect(published).toEqual([
      { id: 'call-1', name: 'exec', content: 'a\uFFFDb' },
      { id: 'call-2', name: 'exec', content: '\uFFFDc' },
    ]);
  });
});
