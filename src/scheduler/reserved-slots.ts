import { Injectable, Logger } from '@nestjs/common';
import type { Lane } from '#contracts';
import { RunWorker } from './run-worker.js';
import { Shutdown } from './shutdown.js';

/**
 * Slots for interrupted runs. Where others always wait, they would never find a free one: then one of each lane is
 * waited for. Whose it becomes is looked for anew when it is there, because meanwhile an owner may have come back.
 */
@Injectable()
export class ReservedSlots {
  private readonly logger = new Logger('ReservedSlots');
  /** By lane: waited for, or there. */
  private readonly reserved = new Map<Lane, { readonly isReady: boolean }>();
  /** Looks for interrupted runs again. */
  private look: () => Promise<unknown> = () => Promise.resolve();

  constructor(
    private readonly worker: RunWorker,
    private readonly shutdown: Shutdown,
  ) {}

  /** `look` is called when a slot is there that interrupted runs had to wait for. */
  onSlot(look: () => Promise<unknown>): void {
    this.look = look;
  }

  /** Takes a slot. `false`: there is none, and one is waited for; or this process ends. */
  take(lane: Lane): boolean {
    if (this.shutdown.isDraining) return false;
    const isReserved = this.reserved.get(lane)?.isReady === true && this.reserved.delete(lane);
    if (isReserved || this.worker.slots(lane).tryAcquire()) return true;
    if (!this.reserved.has(lane)) void this.reserve(lane);
    return false;
  }

  private async reserve(lane: Lane): Promise<void> {
    const reservation = { isReady: false };
    this.reserved.set(lane, reservation);
    try {
      await this.worker.slots(lane).acquire(this.shutdown.signal);
      reservation.isReady = true;
      await this.look();
    } catch (error) {
      if (!this.shutdown.isDraining) this.logger.warn(`runs could not be taken over: ${String(error)}`);
    } finally {
      const isUnused = this.reserved.get(lane) === reservation && this.reserved.delete(lane);
      if (isUnused && reservation.isReady) this.worker.slots(lane).release();
    }
  }
}
