import { IsBoolean, IsInt, IsOptional, IsString, IsUrl, Matches, Max, Min } from 'class-validator';
import { ConfigSection, Describe, Env, Nested, Secret } from '#config';
import { SEARCH_RESULTS_MAX } from './web.limits.js';

const HTTP_URL = { protocols: ['http', 'https'], require_protocol: true, require_tld: false };
/** What a header can carry. */
const HEADER_TEXT = /^[\x20-\x7e]*$/;
const RESULTS = 'Results of a search that names no number.';

export class BraveSettings {
  /** Absent: when it has a key. */
  @Describe('Absent: it is used when it has a key.')
  @IsOptional()
  @IsBoolean()
  enabled?: boolean;

  @IsOptional()
  @IsString()
  @Matches(HEADER_TEXT, { message: 'api_key must consist of printable ASCII characters' })
  @Secret({ sentTo: 'base_url' })
  @Env('GOCLAW_BRAVE_API_KEY')
  api_key?: string;

  @IsUrl(HTTP_URL) base_url = 'https://api.search.brave.com/res/v1/web/search';
  @Describe(RESULTS) @IsInt() @Min(1) @Max(SEARCH_RESULTS_MAX) max_results = 5;
}

export class SearxngSettings {
  /** Absent: when it has an address. */
  @Describe('Absent: it is used when it has an address.')
  @IsOptional()
  @IsBoolean()
  enabled?: boolean;

  /** Of the instance; it must offer results as JSON (`search.formats` of its own settings). */
  @Describe('Address of the instance. It must offer results as JSON: search.formats in its settings.yml.')
  @IsOptional()
  @IsUrl(HTTP_URL)
  @Env('GOCLAW_SEARXNG_URL')
  base_url?: string;

  @Describe(RESULTS) @IsInt() @Min(1) @Max(SEARCH_RESULTS_MAX) max_results = 5;
}

export class DuckDuckGoSettings {
  @IsBoolean() enabled = true;
  @IsUrl(HTTP_URL) base_url = 'https://html.duckduckgo.com/html/';
  @Describe(RESULTS) @IsInt() @Min(1) @Max(SEARCH_RESULTS_MAX) max_results = 5;
}

/** Search engines, asked in this order until one answers. */
export class WebSettings {
  @Nested(() => BraveSettings) brave = new BraveSettings();
  @Nested(() => SearxngSettings) searxng = new SearxngSettings();
  @Nested(() => DuckDuckGoSettings) duckduckgo = new DuckDuckGoSettings();
}

@ConfigSection('tools', { live: true })
export class WebConfig {
  @Nested(() => WebSettings) web = new WebSettings();
}
