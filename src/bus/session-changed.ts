/** What is remembered of a session is no longer true: it was reset, deleted, or written to from outside a run. */
export class SessionChanged {
  constructor(readonly sessionId: string) {}
}
