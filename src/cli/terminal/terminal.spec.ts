import { describe, expect, it } from 'vitest';
import { testContext } from '../cli-context.fixture.js';
import { confirm } from './confirm.js';
import { Palette } from './palette.js';
import { printable } from './printable.js';

describe('colours', () => {
  const onTerminal = testContext({ isTerminal: true }).stdout;

  it('are for terminals', () => {
    expect(Palette.of(onTerminal, {}).paint('red', 'x')).toBe('\u001b[31mx\u001b[39m');
    expect(Palette.of(testContext().stdout, {}).paint('red', 'x')).toBe('x');
  });

  it.each([{ NO_COLOR: '1' }, { TERM: 'dumb' }])('are off with %j', (env) => {
    expect(Palette.of(onTerminal, env).paint('red', 'x')).toBe('x');
  });
});

it('text from elsewhere cannot command the terminal', () => {
  expect(printable('a\u001b]52;c;ZXZpbA==\u0007b\u009b2J\rc\td\ne\u0000')).toBe('a]52;c;ZXZpbA==b2Jc\td\ne');
});

describe('a question', () => {
  it.each([
    ['y\n', true],
    ['YES\n', true],
    ['n\n', false],
    ['\n', false],
    ['maybe\n', false],
  ])('answered with %j is %s', async (typed, expected) => {
    const context = testContext();
    const answer = confirm(context, 'Sure? ');
    context.stdin.write(typed);
    expect(await answer).toBe(expected);
    expect(context.stdout.text).toContain('Sure? ');
  });

  it('is a no when the input ends', async () => {
    const context = testContext();
    context.stdin.end();
    expect(await confirm(context, 'Sure? ')).toBe(false);
  });
});
