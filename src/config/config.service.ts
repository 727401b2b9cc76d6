import { createHash } from 'node:crypto';
import { changedPaths, type ConfigDifference } from './config-difference.js';
import type { ConfigClass } from './config-metadata.js';
import { joinPath } from './config-path.js';
import { leavesOf, shapeOf } from './config-shape.js';
import type { ConfigSource } from './config-source.js';
import { canonicalText } from './documents.js';
import { MASK } from './mask.js';
import { movedSecrets } from './moved-secrets.js';
import { plainConfig, type Sections } from './plain-config.js';
import { shadowedPaths } from './shadowed-paths.js';
import { runningSections } from './running-sections.js';

/**
 * The validated configuration. Deep-frozen; each module asks for its own section class whenever it uses it, because
 * the configuration changes while the gateway runs. What cannot change before the next start keeps its value here, and
 * has the new one in what is shown.
 */
export class ConfigService {
  private running: Sections;
  private wanted: Sections;
  private notes: readonly string[];

  constructor(
    /** The file that it came from (it may not exist). */
    readonly path: string,
    sections: Sections,
    /** What a person should know about the file; secrets are never in it. */
    warnings: readonly string[],
    /** How to load it again; absent: it was made by hand. */
    readonly source?: ConfigSource,
  ) {
    for (const section of sections.values()) deepFreeze(section);
    this.running = sections;
    this.wanted = sections;
    this.notes = warnings;
  }

  get warnings(): readonly string[] {
    return this.notes;
  }

  /** The section of this class, as it is in effect. */
  get<T extends object>(type: ConfigClass<T>): Readonly<T> {
    const section = this.running.get(type);
    if (!(section instanceof type))
      throw new TypeError(`${type.name} is not registered as a configuration section.`);
    return section;
  }

  /** The whole configuration in the shape of the file, with every secret masked. */
  masked(): Record<string, unknown> {
    return plainConfig(this.wanted, () => MASK);
  }

  /**
   * First 8 bytes of SHA-256 over what is written down, as 16 hex digits: changes whenever a value changes. What the
   * environment says does not count: replicas with the same configuration have the same hash.
   */
  hash(): string {
    const plain = plainConfig(this.wanted, sha256);
    const { source } = this;
    const leaves = source ? [...leavesOf(shapeOf(source.sections), plain)] : [];
    const unwritten = new Set(source ? shadowedPaths(source, leaves) : []);
    const values = leaves.flatMap(({ keys, value, property }) =>
      property?.meta.envOnly || unwritten.has(joinPath(keys)) ? [] : [[joinPath(keys), value] as const],
    );
    return sha256(canonicalText(source ? Object.fromEntries(values) : plain)).slice(0, 16);
  }

  /** Paths whose new values take effect at the next start. */
  get awaitingRestart(): readonly string[] {
    return changedPaths(plainConfig(this.running, sha256), plainConfig(this.wanted, sha256));
  }

  /** What would change if `next` were adopted. */
  differenceTo(next: ConfigService): ConfigDifference {
    const live = changedPaths(
      plainConfig(this.running, sha256),
      plainConfig(runningSections(this.running, next.wanted), sha256),
    );
    const all = changedPaths(plainConfig(this.wanted, sha256), plainConfig(next.wanted, sha256));
    return { live, restart: all.filter((path) => !live.includes(path)) };
  }

  /**
   * Paths of the secrets that `next` would send elsewhere, unless they are among the `given` ones: a secret that is kept
   * goes to nobody but the host that it was given for.
   */
  secretsMovedBy(next: ConfigService, given: ReadonlyMap<string, string>): string[] {
    const { source } = this;
    if (!source) return [];
    const [before, after] = [plainConfig(this.wanted, sha256), plainConfig(next.wanted, sha256)];
    return movedSecrets(shapeOf(source.sections), before, after).flatMap(({ path, value }) => {
      const known = given.get(path);
      return known !== undefined && sha256(known) === value ? [] : [path];
    });
  }

  /** Takes over all that `next` says. Before the program uses it, and never later. */
  begin(next: ConfigService): void {
    this.running = next.wanted;
    this.wanted = next.wanted;
    this.notes = next.notes;
  }

  /** Takes over what `next` says, all at once: as far as it can be while the gateway runs. */
  adopt(next: ConfigService): ConfigDifference {
    const difference = this.differenceTo(next);
    const running = runningSections(this.running, next.wanted);
    for (const section of running.values()) deepFreeze(section);
    this.running = running;
    this.wanted = next.wanted;
    this.notes = next.notes;
    return difference;
  }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function deepFreeze(value: unknown): void {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return;
  Object.freeze(value);
  for (const inner of Object.values(value)) deepFreeze(inner);
}
