import type { Redirection, Word } from 'unbash';
import { canonicalQuote } from './canonical-quote.js';

/** Redirections that every shell reads in one way. */
const PORTABLE: ReadonlySet<string> = new Set(['>', '>>', '<', '<>', '>|', '>&', '<&']);
const DESCRIPTOR_MAX = 9;
const NOWHERE = '/dev/null';

/** A redirection in canonical form, and why its meaning is not certain. */
export function redirectionText(
  part: Redirection,
  textOf: (word: Word) => string,
): { readonly text: string; readonly problem?: string } {
  const { descriptor } = part;
  const fd = descriptor?.type === 'FileDescriptor' ? String(descriptor.value) : '';
  const odd = descriptor?.type === 'FileDescriptorVariable' || Number(fd) > DESCRIPTOR_MAX;
  const problem = odd ? 'a redirection of a descriptor that shells read differently' : undefined;
  if (part.type === 'HereDoc') {
    const expands = part.delimiter?.quoted === true ? '<<' : '<<$';
    return { text: `${fd}${expands}${canonicalQuote(part.body.text)}`, ...(problem && { problem }) };
  }
  const target = part.target ? textOf(part.target) : '';
  if (part.type === 'HereString') {
    return { text: `${fd}<<<${target}`, problem: '<<<, which shells read differently' };
  }
  const duplicates = part.operator === '>&' || part.operator === '<&';
  const known = PORTABLE.has(part.operator) && (!duplicates || /^(\d|-)$/.test(target));
  const unknown = known ? problem : `${part.operator}, which shells read differently`;
  return { text: `${fd}${part.operator}${target}`, ...(unknown !== undefined && { problem: unknown }) };
}

/** Whether nothing of any file is read or written: `2>&1`, `>/dev/null`. */
export function isHarmlessRedirection(part: Redirection): boolean {
  if (part.type !== 'Redirect') return false;
  const target = part.target?.text ?? '';
  return (
    target === NOWHERE || ((part.operator === '>&' || part.operator === '<&') && /^(\d|-)$/.test(target))
  );
}
