import { describe, expect, it } from 'vitest';
import { registryOf, ScriptedChannel } from './scripted-channel.fixture.js';

describe('the registry of channels', () => {
  it('finds every instance of a marked class, and nothing else', () => {
    const [one, two] = [new ScriptedChannel('one'), new ScriptedChannel('two/default')];
    const registry = registryOf(undefined, {}, 'text', Object.create(null), one, two, one);
    expect(registry.list()).toEqual([one, two]);
    expect(registry.get('two/default')).toBe(two);
    expect(registry.get('three')).toBeUndefined();
  });

  it('refuses a name that two channels have', () => {
    expect(() => registryOf(new ScriptedChannel('one'), new ScriptedChannel('one'))).toThrow(
      /Two channels are called "one"; rename/,
    );
  });

  it.each(['', 'a:b', 'group', 'agent', 'system', ' x', 'a b', 'x'.repeat(101)])(
    'refuses the name %j, which owners and session keys could not be told apart by',
    (name) => {
      expect(() => registryOf(new ScriptedChannel(name))).toThrow(/cannot be called/);
    },
  );
});
