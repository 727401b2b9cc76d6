import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '#kernel';
import { SANDBOX_LABEL } from './container/container-options.js';
import { Engine } from './engine/engine.js';

/** Until then a container that does not run yet is one that somebody is about to start. */
const STARTING_MS = 120_000;
const ENDED_STATES: ReadonlySet<string> = new Set(['created', 'configured', 'exited', 'stopped', 'dead']);

/**
 * What gateways that died left at the engine. Their sandboxes ended with their connections and were removed by the
 * engine; one that was made and not started yet, or that the engine could not remove, is still there.
 */
@Injectable()
export class Leftovers {
  private readonly logger = new Logger('Sandboxes');

  constructor(
    private readonly engine: Engine,
    private readonly clock: Clock,
  ) {}

  /** Never rejects. */
  async remove(): Promise<void> {
    try {
      const known = await this.engine.labelled(SANDBOX_LABEL);
      const ended = known.filter(
        ({ state, createdAtMs }) => ENDED_STATES.has(state) && this.clock.now() - createdAtMs > STARTING_MS,
      );
      await Promise.all(ended.map(({ id }) => this.engine.remove(id)));
      if (ended.length > 0)
        this.logger.log(`${ended.length} ended sandboxes of gateways that died were removed`);
    } catch (error) {
      this.logger.warn(`ended sandboxes could not be removed: ${String(error)}`);
    }
  }
}
