// Names that are unique in the graph, where two workspaces or two folders of the source share one.

import type { ImportReport } from '../import/report.ts';

export class UniqueNames {
  private readonly taken = new Set<string>();

  constructor(private readonly report: ImportReport) {}

  /** The name itself for the first that asks, with its qualifier for the next: `churn (team-b)`. */
  claim(name: string, qualifier: string, place: string): string {
    let unique = name;
    for (let n = 1; this.taken.has(unique); n++)
      unique = n === 1 ? `${name} (${qualifier})` : `${name} (${qualifier} ${n})`;
    if (unique !== name)
      this.report.addNote('A name that is there twice carries where it comes from', `${place} → ${unique}`);
    this.taken.add(unique);
    return unique;
  }
}
