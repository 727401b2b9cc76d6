import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SecretMask } from './secret-mask.js';

const SECRET = 'tok-0123456789';

describe('The values of variables', () => {
  it('are taken out of a text, the longer one first', () => {
    const mask = new SecretMask([SECRET, `${SECRET}-longer`]);
    expect(mask.text(`a ${SECRET} b ${SECRET}-longer c`)).toBe('a *** b *** c');
  });

  it('stay where they are too short to be told from other words', () => {
    expect(new SecretMask(['eu', '', 'north']).text('the eu, north')).toBe('the eu, north');
    expect(new SecretMask(['a1b2c3']).text('a1b2c3')).toBe('***');
  });

  it('are taken out of a text that comes in pieces, however it is cut', () => {
    const whole = `before ${SECRET} between ${SECRET}${SECRET} after`;
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1 }), (sizes) => {
        const told: string[] = [];
        const stream = new SecretMask([SECRET]).stream((text) => told.push(text));
        let at = 0;
        for (let turn = 0; at < whole.length; turn++) {
          const size = sizes[turn % sizes.length] ?? 1;
          stream.write(whole.slice(at, at + size));
          at += size;
        }
        stream.end();
        expect(told.join('')).toBe('before *** between ****** after');
      }),
    );
  });

  it('hold nothing back where there are none', () => {
    const told: string[] = [];
    const stream = new SecretMask([]).stream((text) => told.push(text));
    stream.write('now');
    expect(told).toEqual(['now']);
  });
});
