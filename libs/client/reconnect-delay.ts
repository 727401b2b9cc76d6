/** Doubles from try to try up to a bound; the random half keeps many clients from coming back at one moment. */
export class ReconnectDelay {
  private tries = 0;

  constructor(
    private readonly minMs: number,
    private readonly maxMs: number,
    private readonly random: () => number = Math.random,
  ) {}

  next(): number {
    const full = Math.min(this.maxMs, this.minMs * 2 ** this.tries);
    this.tries++;
    return full / 2 + (full / 2) * this.random();
  }

  reset(): void {
    this.tries = 0;
  }
}
