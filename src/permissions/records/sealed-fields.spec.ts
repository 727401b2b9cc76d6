import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { SecretBox } from '#crypto';
import { SealedFields } from './sealed-fields.js';

const sealed = new SealedFields(new SecretBox(randomBytes(32)));
const others = new SealedFields(new SecretBox(randomBytes(32)));

describe('A sealed text', () => {
  it('is stored sealed, and cleared by null', () => {
    const stored = sealed.text('sk-1') ?? '';
    expect(stored).not.toContain('sk-1');
    expect(sealed.openText(stored)).toBe('sk-1');
    expect(sealed.text(null)).toBeNull();
  });

  it.each([undefined, '***', ''])('stays as it is for %j', (given) => {
    expect(sealed.text(given)).toBeUndefined();
  });
});

describe('A sealed object', () => {
  it('keeps the values that are given as ***, and forgets the keys that are not given', () => {
    const before = sealed.map('env', { A: 'one', B: 'two', C: 'three' }, null) ?? '';
    expect(sealed.showMap(before)).toEqual({ A: '***', B: '***', C: '***' });
    const after = sealed.map('env', { A: '***', B: 'new' }, before) ?? '';
    expect(sealed.openMap(after)).toEqual({ A: 'one', B: 'new' });
  });

  it('is cleared by null and by an empty object, and left alone when it is not given', () => {
    expect(sealed.map('env', null, 'x')).toBeNull();
    expect(sealed.map('env', {}, 'x')).toBeNull();
    expect(sealed.map('env', undefined, 'x')).toBeUndefined();
    expect(sealed.showMap(null)).toEqual({});
  });

  it.each(['B', 'constructor', '__proto__'])('refuses *** for %s, under which nothing is stored', (key) => {
    const before = sealed.map('env', { A: 'one' }, null);
    const given = Object.fromEntries([[key, '***']]);
    expect(() => sealed.map('env', given, before)).toThrow(`env.${key}`);
  });

  it('is shown as unreadable when another key sealed it, and is never returned as it is stored', () => {
    const stored = others.map('env', { A: 'one' }, null) ?? '';
    expect(sealed.showMap(stored)).toBeUndefined();
    expect(() => sealed.map('env', { A: '***' }, stored)).toThrow(/key/);
  });
});
