/**
 * The conversations that the keys of the list lead to, until one of them stands. Whoever passes through the list goes on,
 * and does not write the next key into an answer.
 */
export class Passing {
  /** Those on the way, the last one last. */
  #trail: string[] = [];

  /** A key leads to this one. */
  lead(to: string): void {
    this.#trail.push(to);
  }

  /** The address says this one now. Anything that no key led to was chosen otherwise, and the way ends. */
  turn(to: string | null): void {
    if (to === null || !this.#trail.includes(to)) this.#trail = [];
  }

  /** This one stands, or will never. `passed`: by a key; `chosen`: on purpose; `left`: a key led away already. */
  arrive(at: string): 'passed' | 'chosen' | 'left' {
    const found = this.#trail.lastIndexOf(at);
    if (found < 0) return this.#trail.length > 0 ? 'left' : 'chosen';
    this.#trail = this.#trail.slice(found + 1);
    return 'passed';
  }
}
