import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../test/support/manual-clock.js';
import { DISK_FREE_MIN_BYTES, DISK_FULL, DISK_SHRUNK_MIN_BYTES, watchDisk } from './disk-watch.js';

const LOOK_MS = 500;
const TURNS = 10;

/** A sandbox that is watched, on a disk with just enough room. */
function watched() {
  const killed: string[] = [];
  const state = { isBusy: true, isThere: true, free: DISK_FREE_MIN_BYTES + 1 };
  const clock = new ManualClock();
  const user = {
    get isBusy() {
      return state.isBusy;
    },
    get isThere() {
      return state.isThere;
    },
    killAll: (reason: string) => {
      killed.push(reason);
      return Promise.resolve();
    },
  };
  const stop = watchDisk(user, '/ws', clock, () => Promise.resolve(state.free));
  const look = async (): Promise<void> => {
    clock.advance(LOOK_MS);
    for (let turn = 0; turn < TURNS; turn += 1) await Promise.resolve();
  };
  return { state, clock, look, stop, killed };
}

describe('the disk of a workspace', () => {
  it('that fills while a command is open ends it, with the reason', async () => {
    const { state, look, killed } = watched();
    await look();
    state.free -= DISK_SHRUNK_MIN_BYTES;
    await look();
    expect(killed).toEqual([DISK_FULL]);
  });

  it('that is full already ends nobody who writes little', async () => {
    const { state, look, killed } = watched();
    state.free = DISK_FREE_MIN_BYTES - 1;
    await look();
    state.free -= DISK_SHRUNK_MIN_BYTES - 1;
    await look();
    expect(killed).toEqual([]);
  });

  it('that filled while nothing ran is not blamed on the next command', async () => {
    const { state, look, killed } = watched();
    await look();
    state.isBusy = false;
    state.free -= DISK_SHRUNK_MIN_BYTES * 2;
    await look();
    state.isBusy = true;
    await look();
    expect(killed).toEqual([]);
  });

  it('is watched no longer than the sandbox is there', async () => {
    const stopped = watched();
    await stopped.look();
    stopped.stop();
    expect(stopped.clock.pending).toBe(0);
    const gone = watched();
    gone.state.isThere = false;
    await gone.look();
    expect(gone.clock.pending).toBe(0);
  });
});
