import type { ReceivedRequest } from './received-request.js';
import { type Reply, type ReplyLike, toReply } from './reply.js';

/** What the player of a gate gets next: one more delta, or the rest of the reply. */
export type GateStep = { readonly delta: string } | { readonly rest: Reply };

/** A reply in the hands of the test: nothing is sent before the test says so. */
export class Gate {
  /** The request that came to the gate. */
  readonly reached: Promise<ReceivedRequest>;
  private readonly steps: GateStep[] = [];
  private arrive: (request: ReceivedRequest) => void = () => undefined;
  private wake: (() => void) | undefined;

  constructor() {
    this.reached = new Promise((resolve) => (this.arrive = resolve));
  }

  /** Sends one text delta. */
  send(delta: string): void {
    this.push({ delta });
  }

  /** Sends the rest of the reply (also a failure or a fault) and ends it. */
  release(rest: ReplyLike = {}): void {
    this.push({ rest: toReply(rest) });
  }

  /** For the server: announces the request. */
  enter(request: ReceivedRequest): void {
    this.arrive(request);
  }

  /** For the server: the next step, as soon as there is one. */
  async next(): Promise<GateStep> {
    for (;;) {
      const step = this.steps.shift();
      if (step) return step;
      await new Promise<void>((resolve) => (this.wake = resolve));
    }
  }

  private push(step: GateStep): void {
    this.steps.push(step);
    this.wake?.();
  }
}
