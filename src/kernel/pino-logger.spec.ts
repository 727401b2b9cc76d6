import { describe, expect, it } from 'vitest';
import { PinoLogger } from './pino-logger.js';

function logged(readable: boolean, say: (logger: PinoLogger) => void): string {
  let text = '';
  say(new PinoLogger({ level: 'info', readable }, { write: (line: string) => (text += line) }));
  return text;
}

describe('a line of the log', () => {
  it('tells where an unforeseen error came from, whichever way it is given', () => {
    const error = new TypeError('no such thing');
    for (const readable of [true, false]) {
      for (const given of [error, error.stack]) {
        const text = logged(readable, (logger) => logger.error('It failed', given, 'Http'));
        expect(text).toContain('It failed');
        expect(text).toContain('TypeError: no such thing');
        expect(text).toContain('pino-logger.spec.ts');
        expect(text).toContain('Http');
      }
    }
  });

  it('has no stack where there was no error', () => {
    const line: unknown = JSON.parse(logged(false, (logger) => logger.log('It works', 'Start')));
    expect(line).toMatchObject({ level: 'info', msg: 'It works', context: 'Start' });
    expect(line).not.toHaveProperty('stack');
  });
});
