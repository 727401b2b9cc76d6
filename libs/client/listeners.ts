/** Listeners by event name. */
export class Listeners<Events> {
  private readonly byName = new Map<keyof Events, Set<(value: never) => void>>();

  /** Returns what removes the listener. */
  on<E extends keyof Events>(name: E, listener: (value: Events[E]) => void): () => void {
    const listeners = this.byName.get(name) ?? new Set();
    this.byName.set(name, listeners.add(listener));
    return () => void listeners.delete(listener);
  }

  emit<E extends keyof Events>(name: E, value: Events[E]): void {
    for (const listener of this.byName.get(name) ?? []) {
      try {
        (listener as (value: Events[E]) => void)(value);
      } catch (error) {
        // The listener's own mistake must not stop the others, and must not be hidden.
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }
}
