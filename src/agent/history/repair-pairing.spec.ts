import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { repairPairing, UNKNOWN_OUTCOME_NOTE } from './repair-pairing.js';
import { assistant, result, user } from '../../../test/support/transcript-messages.js';

const missing = (seq: number, callId: string) => ({
  ...result(seq, callId, UNKNOWN_OUTCOME_NOTE),
  isError: true,
});

describe('repairing the pairing of tool calls and results', () => {
  it('changes nothing that is in order', () => {
    const messages = [
      user(1, 'a'),
      assistant(2, '', 'x', 'y'),
      result(3, 'x'),
      result(4, 'y'),
      assistant(5, 'b'),
    ];
    expect(repairPairing(messages)).toEqual(messages);
  });

  it('drops leading and stray results', () => {
    const messages = [result(1, 'x'), user(2, 'a'), result(3, 'x'), assistant(4, 'b'), result(5, 'y')];
    expect(repairPairing(messages)).toEqual([user(2, 'a'), assistant(4, 'b')]);
  });

  it('tells the model that the outcome of a call without a result is unknown', () => {
    const messages = [assistant(1, '', 'x', 'y'), result(2, 'y'), user(3, 'a'), result(4, 'x')];
    expect(repairPairing(messages)).toEqual([
      assistant(1, '', 'x', 'y'),
      missing(1, 'x'),
      result(2, 'y'),
      user(3, 'a'),
    ]);
  });

  it('keeps the results of the calls directly before them, one each, in the order of the calls', () => {
    const messages = [
      assistant(1, '', 'x', 'y'),
      result(2, 'y'),
      result(3, 'z'),
      result(4, 'x', 'first'),
      result(5, 'x'),
    ];
    expect(repairPairing(messages)).toEqual([
      assistant(1, '', 'x', 'y'),
      result(4, 'x', 'first'),
      result(2, 'y'),
    ]);
  });

  it('uses a result for one call only, also when calls share an id', () => {
    const messages = [assistant(1, '', 'x', 'x'), result(2, 'x')];
    expect(repairPairing(messages)).toEqual([...messages, missing(1, 'x')]);
  });

  it('leaves every call with exactly one result, and nothing to repair', () => {
    const id = fc.constantFrom('x', 'y', 'z');
    const message = fc.oneof(
      fc.constant(user(1, 'a')),
      fc.array(id, { maxLength: 3 }).map((ids) => assistant(2, 'b', ...ids)),
      id.map((callId) => result(3, callId)),
    );
    fc.assert(
      fc.property(fc.array(message, { maxLength: 15 }), (messages) => {
        const repaired = repairPairing(messages);
        expect(repairPairing(repaired)).toEqual(repaired);
        const called = repaired.flatMap((one) => (one.toolCalls ?? []).map((toolCall) => toolCall.id));
        const answered = repaired.flatMap((one) => one.toolCallId ?? []);
        expect(answered).toEqual(called);
        const kept = (list: typeof messages) => list.filter((one) => one.role !== 'tool');
        expect(kept([...repaired])).toEqual(kept(messages));
      }),
    );
  });
});
