import { IsInt, Max } from 'class-validator';
import { ConfigSection, Describe } from '#config';

const DEBOUNCE_MAX_MS = 60_000;

/** Section `gateway`: how messages of chat platforms are taken. */
@ConfigSection('gateway', { live: true })
export class ChannelsConfig {
  /** A message waits this long for the next one of its chat, in milliseconds; 0 or less: not at all. */
  @Describe('Milliseconds that a message waits for the next one of its chat; 0 or less: not at all.')
  @IsInt()
  @Max(DEBOUNCE_MAX_MS)
  inbound_debounce_ms = 800;
}
