import { expect, it } from 'vitest';
import { promptModeOf } from './prompt-mode.js';

it('is minimal for sessions of subagents and schedules, and full for all others', () => {
  for (const key of ['agent:main:subagent:1', 'agent:main:cron:job:run:cron-job', 'subagent:1', 'cron:job']) {
    expect(promptModeOf(key), key).toBe('minimal');
  }
  for (const key of ['agent:main:ws:direct:ann', 'agent:cron:ws:direct:subagent', 'global', '']) {
    expect(promptModeOf(key), key).toBe('full');
  }
});
