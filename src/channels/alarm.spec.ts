import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../test/support/manual-clock.js';
import { Alarm, REST_MS } from './alarm.js';

const never = new AbortController().signal;

describe('an alarm', () => {
  it('ends the sleep of a loop at once', async () => {
    const clock = new ManualClock();
    const alarm = new Alarm(clock);
    const asleep = alarm.sleep(1_000, never);
    alarm.ring();
    await expect(asleep).resolves.toBeUndefined();
    expect(clock.pending).toBe(0);
  });

  it('is not lost when it rings before the sleep', async () => {
    const clock = new ManualClock();
    const alarm = new Alarm(clock);
    alarm.ring();
    alarm.ring();
    await expect(alarm.sleep(1_000, never)).resolves.toBeUndefined();
    clock.advance(REST_MS);
    let awake = false;
    void alarm.sleep(1_000, never).then(() => (awake = true));
    await Promise.resolve();
    expect(awake).toBe(false);
  });

  it('wakes the loop once for rings that come close together', async () => {
    const clock = new ManualClock();
    const alarm = new Alarm(clock);
    alarm.ring();
    await alarm.sleep(1_000, never);
    alarm.ring();
    let awake = false;
    const asleep = alarm.sleep(1_000, never).then(() => (awake = true));
    await expect.poll(() => clock.pending).toBe(1);
    alarm.ring();
    clock.advance(REST_MS - 1);
    expect(awake).toBe(false);
    clock.advance(1);
    await asleep;
    alarm.ring();
    clock.advance(REST_MS);
    await expect(alarm.sleep(1_000, never)).resolves.toBeUndefined();
  });

  it('ends a sleep after its time, and at the end of its loop', async () => {
    const clock = new ManualClock();
    const alarm = new Alarm(clock);
    const asleep = alarm.sleep(1_000, never);
    clock.advance(1_000);
    await expect(asleep).resolves.toBeUndefined();
    clock.advance(REST_MS);
    const ending = new AbortController();
    const again = alarm.sleep(1_000, ending.signal);
    ending.abort();
    await expect(again).resolves.toBeUndefined();
    await expect(alarm.sleep(1_000, ending.signal)).resolves.toBeUndefined();
    expect(clock.pending).toBe(0);
  });
});
