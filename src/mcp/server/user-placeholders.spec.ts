import { describe, expect, it } from 'vitest';
import { forUser, namesUser } from './user-placeholders.js';

describe('headers that say who the user is', () => {
  it('are known by their placeholders', () => {
    expect(namesUser({ 'X-User': '{{user_id}}' })).toBe(true);
    expect(namesUser({ 'X-User': 'tenant {{ .tenant }}' })).toBe(true);
    expect(namesUser({ 'X-User': '{{other}}' })).toBe(false);
  });

  it('carry the user, and nothing that he could put beside it', () => {
    const at = (userId: string): string => forUser({ a: 'u={{user_id}}' }, { userId })['a'] ?? '';
    expect(at('ann@corp')).toBe('u=ann@corp');
    expect(at('a\r\nX-Admin: 1')).toBe('u=a%0D%0AX-Admin:%201');
    expect(at('ü')).not.toBe(at('%C3%BC'));
    expect(at('{{tenant}}')).toBe('u={{tenant}}');
    expect(forUser({ a: '{{tenant}}' }, { userId: 'x' })['a']).toBe('');
  });
});
