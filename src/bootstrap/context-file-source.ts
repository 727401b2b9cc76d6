import type { Caller } from '#contracts';
import type { Queryable } from '#store';
import type { ContextFile, FilePlace, Reader } from './context-file.js';

/** Where context files are kept: rows in managed mode, files of the workspace in standalone mode. */
export abstract class ContextFileSource {
  /** Whether what was read may be remembered until an event says otherwise. */
  abstract readonly isCacheable: boolean;

  /** What the reader's prompt is made of, in the order of the names. */
  abstract load(reader: Reader): Promise<readonly ContextFile[]>;

  /** The reader has come for the first time. */
  abstract welcome(tx: Queryable, reader: Reader): Promise<void>;

  /** All that is there, in the order of the names. */
  abstract list(place: FilePlace): Promise<readonly ContextFile[]>;

  abstract find(place: FilePlace, name: string): Promise<ContextFile | undefined>;

  /** @param version the one that the caller has seen; absent: any. @throws StoreError `stale` */
  abstract write(
    caller: Caller,
    place: FilePlace,
    name: string,
    content: string,
    version?: number,
  ): Promise<ContextFile>;

  /** `false`: it was not there. @throws StoreError `stale` */
  abstract remove(caller: Caller, place: FilePlace, name: string, version?: number): Promise<boolean>;
}
