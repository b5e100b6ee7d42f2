// What was found out lately, and is good enough until it has to be found out again.

import type { Clock } from './clock.ts';
import { Recent } from './recent.ts';

export class Lately<V> {
  private readonly found: Recent<string, { readonly value: V; readonly until: number }>;

  /**
   * @param forMs how long something is good enough
   * @param mostCharacters of all keys together
   */
  constructor(
    private readonly clock: Clock,
    private readonly forMs: number,
    mostCharacters: number,
  ) {
    this.found = new Recent(mostCharacters);
  }

  get(key: string): V | undefined {
    const entry = this.found.get(key);
    return entry && this.clock.now() < entry.until ? entry.value : undefined;
  }

  set(key: string, value: V): void {
    this.found.set(key, { value, until: this.clock.now() + this.forMs }, key.length);
  }
}
