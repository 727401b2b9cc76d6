/** A send whose answer waits for the test. */
export class HeldSend {
  /** The platform has the request. */
  readonly reached: Promise<void>;
  readonly released: Promise<void>;
  private arrive: () => void = () => undefined;
  private letGo: () => void = () => undefined;

  constructor() {
    this.reached = new Promise((resolve) => (this.arrive = resolve));
    this.released = new Promise((resolve) => (this.letGo = resolve));
  }

  /** For the platform. */
  enter(): Promise<void> {
    this.arrive();
    return this.released;
  }

  release(): void {
    this.letGo();
  }
}

/** What goes wrong with one request. `accepted`: the message is shown all the same. */
export type Fault =
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly retryAfterS?: number;
      readonly accepted?: boolean;
    }
  /** The connection is destroyed instead of an answer. */
  | { readonly kind: 'cut'; readonly accepted?: boolean }
  /** There is never an answer. */
  | { readonly kind: 'silence'; readonly accepted?: boolean }
  | { readonly kind: 'held'; readonly held: HeldSend; readonly accepted?: boolean };
