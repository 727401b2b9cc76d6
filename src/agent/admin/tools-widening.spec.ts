import { expect, it } from 'vitest';
import { wideningOf } from './tools-widening.js';

it.each([
  [{}, {}, undefined],
  [{}, { deny: ['exec'], allow: ['read_file'] }, undefined],
  [{ deny: ['exec'] }, { deny: ['exec', 'web'] }, undefined],
  [{ allow: ['read_file', 'glob'] }, { allow: ['glob'] }, undefined],
  [{ deny: ['exec'] }, {}, 'deny'],
  [{ allow: ['read_file'] }, { allow: ['read_file', 'exec'] }, 'allow'],
  [{ allow: ['read_file'] }, { allow: [] }, 'allow'],
  [{ allow: ['read_file'] }, {}, 'allow'],
  [{ byProvider: { a: { deny: ['exec'] } } }, {}, 'byProvider.a.deny'],
  [{ alsoAllow: ['exec', 'web'] }, { alsoAllow: ['web'] }, undefined],
  [{ profile: 'minimal', byProvider: { a: { alsoAllow: ['x'] } } }, { profile: 'minimal' }, undefined],
  [{}, { alsoAllow: ['exec'] }, 'alsoAllow'],
  [{ alsoAllow: ['web'] }, { alsoAllow: ['web', '*'] }, 'alsoAllow'],
  [{}, { profile: 'full' }, 'profile'],
  [{ profile: 'minimal' }, {}, 'profile'],
  [{}, { byProvider: { a: { alsoAllow: ['exec'] } } }, 'byProvider.a.alsoAllow'],
  [{}, { byProvider: { a: { profile: 'full' } } }, 'byProvider.a.profile'],
  [{ byChannel: { ws: { deny: ['exec'] } } }, { byChannel: { ws: {} } }, 'byChannel.ws.deny'],
  [{}, { byChannel: { ws: { allow: ['read_file'] } } }, undefined],
  [{ byProvider: { a: { profile: 'minimal' } } }, { byProvider: {} }, 'byProvider.a.profile'],
])('of %j into %j is %s', (before, after, widened) => {
  expect(wideningOf(before, after)).toBe(widened);
});
