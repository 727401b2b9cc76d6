/** The configuration of this gateway changed, and what can change while it runs is in effect. */
export class ConfigChanged {
  constructor(
    /** Dotted paths of the values that are others now. */
    readonly paths: readonly string[],
  ) {}

  /** Whether something at or below a path changed. */
  touches(path: string): boolean {
    return this.paths.some((one) => one === path || one.startsWith(`${path}.`));
  }
}
