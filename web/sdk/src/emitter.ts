type Listener<Value> = (value: Value) => void;

/** Named listeners of one owner. A listener that throws is reported and does not stop the others. */
export class Emitter<Values> {
  private readonly listeners = new Map<keyof Values, Set<Listener<never>>>();

  /** Listens until the returned function is called. */
  on<Name extends keyof Values>(name: Name, listener: Listener<Values[Name]>): () => void {
    const found = this.listeners.get(name) ?? new Set();
    this.listeners.set(name, found);
    found.add(listener);
    return () => found.delete(listener);
  }

  emit<Name extends keyof Values>(name: Name, value: Values[Name]): void {
    for (const listener of [...(this.listeners.get(name) ?? [])]) {
      try {
        (listener as Listener<Values[Name]>)(value);
      } catch (error) {
        console.error(error);
      }
    }
  }
}
