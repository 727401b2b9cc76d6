import { expect, it, vi } from 'vitest';
import { SystemClock } from './system-clock.js';

it('the clock of the system calls back at once for a time that has passed, and warns nobody of it', async () => {
  const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
  await new SystemClock().wait(-5_000);
  expect(warn).not.toHaveBeenCalled();
  warn.mockRestore();
});
