import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RunText } from './run-text.js';
import { sanitise } from './sanitise.js';

function iterate(run: RunText, ...deltas: string[]): string {
  run.beginIteration();
  return deltas.map((delta) => run.push(delta)).join('') + run.endIteration();
}

describe('the text of a run', () => {
  it('joins its iterations with a blank line that belongs to the later chunk', () => {
    const run = new RunText();
    expect(iterate(run, 'Let me', ' look. ')).toBe('Let me look.');
    expect(iterate(run, '<think>x</think>')).toBe('');
    expect(iterate(run, 'Found', ' it.')).toBe('\n\nFound it.');
    expect(run.content).toBe('Let me look.\n\nFound it.');
  });

  it('goes on behind what an earlier attempt at the run has shown', () => {
    const run = new RunText('Let me look.');
    expect(iterate(run, 'Found', ' it.')).toBe('\n\nFound it.');
    expect(run.content).toBe('Let me look.\n\nFound it.');
  });

  it('puts nothing in front of the first text', () => {
    const run = new RunText();
    iterate(run);
    expect(iterate(run, 'Hello')).toBe('Hello');
  });

  it('hides only the last iteration when that is silent', () => {
    const run = new RunText();
    iterate(run, 'Working.');
    expect(iterate(run, 'NO_', 'REPLY')).toBe('');
    expect(run.content).toBe('Working.');
  });

  it('forgets what was held back of an iteration that is begun again', () => {
    const run = new RunText();
    run.beginIteration();
    expect(run.push('<thi')).toBe('');
    expect(iterate(run, 'Hello')).toBe('Hello');
    expect(run.content).toBe('Hello');
  });

  it('is always the concatenation of what was returned', () => {
    const delta = fc.constantFrom(
      'a',
      ' ',
      '\n\n',
      '<final>',
      '<think>',
      '</think>',
      'NO_REPLY',
      '```',
      'b c',
    );
    fc.assert(
      fc.property(fc.array(fc.array(delta, { maxLength: 8 }), { maxLength: 5 }), (iterations) => {
        const run = new RunText();
        const shown = iterations.map((deltas) => iterate(run, ...deltas)).join('');
        expect(run.content).toBe(shown);
        const texts = iterations.map((deltas) => sanitise(deltas.join(''))).filter((text) => text !== '');
        expect(shown).toBe(texts.join('\n\n'));
      }),
    );
  });

  it('needs an iteration to take text', () => {
    expect(() => new RunText().push('a')).toThrow('beginIteration');
  });
});
