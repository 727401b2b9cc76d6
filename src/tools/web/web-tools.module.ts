import { Module } from '@nestjs/common';
import { PageFetcher } from './page-fetcher.js';
import { PageReader } from './page-reader.js';
import { PageTexts } from './page-text.js';
import { SearchEngines } from './search/search-engines.js';
import { WebFetchTool } from './web-fetch.tool.js';
import { WebSearchTool } from './web-search.tool.js';

/** What agents read of the web. The tools are found by their marks. */
@Module({
  providers: [PageReader, PageFetcher, PageTexts, SearchEngines, WebFetchTool, WebSearchTool],
  exports: [PageFetcher],
})
export class WebToolsModule {}
