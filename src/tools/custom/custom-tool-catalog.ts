import { Injectable, Logger } from '@nestjs/common';
import { EventsHandler, type IEventHandler } from '@nestjs/cqrs';
import { CacheInvalidated, CachesStale } from '#bus';
import { type CustomToolRow, CustomToolStore } from '#store';

/** Custom tools of the whole gateway that are in use at the same time. */
export const CUSTOM_TOOLS_MAX = 1_000;

/** The enabled custom tools at one moment. Immutable. */
export interface CustomToolSet {
  readonly byId: ReadonlyMap<string, CustomToolRow>;
  /** Some were left out: there are more than {@link CUSTOM_TOOLS_MAX}. */
  readonly isCut: boolean;
}

/** The custom tools that are in use, remembered until one changes, here or on another replica. */
@Injectable()
@EventsHandler(CacheInvalidated, CachesStale)
export class CustomToolCatalog implements IEventHandler<CacheInvalidated | CachesStale> {
  private readonly logger = new Logger('CustomTools');
  private reading: Promise<CustomToolSet | undefined> | undefined;
  private last: CustomToolSet | undefined;

  constructor(private readonly store: CustomToolStore) {}

  /** As they are now; where the database does not answer, as they were last; `undefined` when they were never read. */
  async current(): Promise<CustomToolSet | undefined> {
    const reading = (this.reading ??= this.read());
    const found = await reading;
    if (found) return found;
    if (this.reading === reading) this.reading = undefined;
    return this.last;
  }

  handle(event: CacheInvalidated | CachesStale): void {
    if (event instanceof CachesStale || event.cache === 'custom_tools') this.reading = undefined;
  }

  private async read(): Promise<CustomToolSet | undefined> {
    try {
      const rows = await this.store.enabled(CUSTOM_TOOLS_MAX + 1);
      const isCut = rows.length > CUSTOM_TOOLS_MAX;
      if (isCut)
        this.logger.warn(`more than ${CUSTOM_TOOLS_MAX} custom tools are enabled: the others are left out`);
      const set = { byId: new Map(rows.slice(0, CUSTOM_TOOLS_MAX).map((row) => [row.id, row])), isCut };
      this.last = set;
      return set;
    } catch (error) {
      this.logger.warn(`the custom tools could not be read: ${String(error)}`);
      return undefined;
    }
  }
}
