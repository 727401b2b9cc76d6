import { Injectable } from '@nestjs/common';
import { ConfigService } from '#config';
import { PageReader } from '../page-reader.js';
import { WebConfig } from '../web.config.js';
import { BraveEngine } from './brave-engine.js';
import { DuckDuckGoEngine } from './duckduckgo-engine.js';
import type { SearchEngine } from './search-engine.js';
import { SearxngEngine } from './searxng-engine.js';

/** The search engines that are configured, in the order in which they are asked. */
@Injectable()
export class SearchEngines {
  constructor(
    private readonly config: ConfigService,
    private readonly reader: PageReader,
  ) {}

  /** As the configuration is now. */
  list(): readonly SearchEngine[] {
    const { brave, searxng, duckduckgo } = this.config.get(WebConfig).web;
    const engines: SearchEngine[] = [];
    if (brave.enabled !== false && brave.api_key) engines.push(new BraveEngine(brave, brave.api_key));
    if (searxng.enabled !== false && searxng.base_url)
      engines.push(new SearxngEngine(searxng.base_url, searxng.max_results));
    if (duckduckgo.enabled) engines.push(new DuckDuckGoEngine(duckduckgo, this.reader));
    return engines;
  }
}
