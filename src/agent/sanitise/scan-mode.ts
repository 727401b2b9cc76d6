import type { ScanBuffer } from './scan-buffer.js';

/**
 * What the scanner does with the text at the moment. `run` consumes what it can decide and says how to go on:
 * `need-input` (at the end of what is decidable), `done` (back to prose) or another mode. With
 * {@link ScanBuffer.ended} set it must consume everything. Every decision depends on the text alone.
 */
export interface ScanMode {
  run(buffer: ScanBuffer): ScanStep;
}

export type ScanStep = 'need-input' | 'done' | ScanMode;

/** Markup found at the scanner's position: `length` characters go, and then `mode` decides, if there is one. */
export interface Removal {
  readonly length: number;
  readonly mode?: ScanMode;
}

/** `undefined`: there is none. `wait`: more text is needed to say. */
export type Recognised<T> = T | 'wait' | undefined;
