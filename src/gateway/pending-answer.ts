/**
 * Returned by a method that has begun what was asked, and answers later. The frames behind it do not wait.
 * Not a promise itself, because an `await` would wait for its outcome.
 */
export class PendingAnswer<T> {
  constructor(readonly outcome: Promise<T>) {
    // Observed by the request's owner; until then a failure is not an unhandled one.
    outcome.catch(() => undefined);
  }
}
