import { describe, expect, it } from 'vitest';
import { DatabaseConfig } from '#store';
import { configOf } from '../../test/support/config.js';
import { laneLimits, SchedulerConfig } from './scheduler.config.js';

const limits = (file: object, env = {}): unknown =>
  laneLimits(configOf([SchedulerConfig, DatabaseConfig], file, env));

describe('the lanes', () => {
  it('have few slots on one person’s machine, and many for a company', () => {
    expect(limits({}, { GOCLAW_MODE: 'standalone' })).toEqual({ main: 2, subagent: 4, cron: 1 });
    expect(limits({}, { GOCLAW_MODE: 'managed' })).toEqual({ main: 256, subagent: 256, cron: 16 });
  });

  it('have the slots that are configured', () => {
    expect(limits({ scheduler: { lanes: { main: 7 } } })).toEqual({ main: 7, subagent: 4, cron: 1 });
    expect(() => limits({ scheduler: { lanes: { main: 0 } } })).toThrow('scheduler.lanes.main');
  });
});

describe('the queue of a session', () => {
  it('takes ten, one after the other, and turns the oldest away, unless told otherwise', () => {
    const config = configOf([SchedulerConfig]).get(SchedulerConfig);
    expect(config.queue).toEqual({ mode: 'queue', cap: 10, drop: 'old' });
  });
});
