import { setImmediate } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { StartTurns } from './start-turns.js';

it('commands that start at once leave others a turn between each two', async () => {
  const turns = new StartTurns();
  const order: string[] = [];
  const others = async (): Promise<void> => {
    while (order.filter((who) => who === 'start').length < 5) {
      order.push('other');
      await setImmediate();
    }
  };
  const starts = Array.from({ length: 5 }, async () => {
    await turns.take();
    order.push('start');
  });
  await Promise.all([...starts, others()]);
  expect(order.join(' ')).not.toContain('start start');
});
