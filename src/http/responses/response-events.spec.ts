import { describe, expect, it } from 'vitest';
import type { RunResult } from '#agent';
import { EventNumbers } from '../sse/event-numbers.js';
import { ResponseEvents } from './response-events.js';
import { createdAt, responseId, runOfResponse } from './response-id.js';

const runId = '019a0c7b-52e0-7d6f-8a1b-2c3d4e5f6071';
const run = { runId, sessionKey: 's', agentKey: 'coder' };
const usage = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 };
const result = (outcome: RunResult['outcome'], content: string): RunResult => ({
  runId,
  sessionKey: 's',
  outcome,
  content,
  usage,
  ...(outcome === 'failed' && { error: { code: 'UNAVAILABLE', message: 'The model is away.' } }),
});

interface Event {
  readonly type: string;
  readonly sequence_number: number;
  readonly response?: { readonly status: string; readonly error: unknown; readonly output: unknown[] };
}

function eventsOf(wire: string): Event[] {
  return [...wire.matchAll(/^id: (\d+)\nevent: (.*)\ndata: (.*)\n$/gm)].map(([, id, name, data]) => {
    const event = JSON.parse(data ?? '') as Event;
    expect(event.type).toBe(name);
    expect(String(event.sequence_number)).toBe(id);
    return event;
  });
}

describe('the events of a response', () => {
  it('hold a whole message also for an answer without text', () => {
    const events = new ResponseEvents(run);
    const all = eventsOf(events.begin() + events.end(result('completed', '')));
    expect(all.map(({ type }) => type)).toContain('response.output_text.done');
    expect(all.at(-1)).toMatchObject({ type: 'response.completed', response: { status: 'completed' } });
  });

  it('end with the failure of the run', () => {
    const events = new ResponseEvents(run);
    const all = eventsOf(events.begin() + events.end(result('failed', '')));
    expect(all.map(({ type }) => type)).toEqual([
      'response.created',
      'response.in_progress',
      'response.failed',
    ]);
    expect(all.at(-1)?.response).toMatchObject({
      status: 'failed',
      error: { code: 'server_error', message: 'The model is away.' },
      output: [],
    });
  });

  it('close a message that was begun when the run is aborted', () => {
    const events = new ResponseEvents(run);
    const all = eventsOf(events.begin() + events.text('Hel') + events.end(result('aborted', 'Hel')));
    expect(all.at(-1)?.response).toMatchObject({
      status: 'cancelled',
      output: [{ status: 'incomplete', content: [{ text: 'Hel' }] }],
    });
    expect(all.map(({ type }) => type)).toContain('response.output_item.done');
  });

  it('are the same from any of them on', () => {
    const tell = (after?: number): Event[] => {
      const events = new ResponseEvents(run, undefined, new EventNumbers(after));
      return eventsOf(
        events.begin() + events.text('a') + events.text('b') + events.end(result('completed', 'ab')),
      );
    };
    const all = tell();
    expect(all.map(({ sequence_number }) => sequence_number)).toEqual(all.map((_, index) => index));
    expect(tell(3)).toEqual(all.slice(4));
    expect(tell(all.length - 1)).toEqual([]);
  });
});

describe('the id of a response', () => {
  it('is its run’s, there and back', () => {
    expect(responseId(runId)).toBe('resp_019a0c7b52e07d6f8a1b2c3d4e5f6071');
    expect(runOfResponse(responseId(runId))).toBe(runId);
    expect(runOfResponse(`resp_${runId}`)).toBeUndefined();
    expect(runOfResponse('resp_x')).toBeUndefined();
  });

  it('tells when the run was accepted', () => {
    expect(createdAt(runId)).toBe(Math.floor(0x019a0c7b52e0 / 1_000));
  });
});
