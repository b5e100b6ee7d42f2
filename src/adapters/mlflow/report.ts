// What an import read, what it could not read, and what it read but has no place for.

export type ReadKind =
  | 'experiments'
  | 'runs'
  | 'params'
  | 'tags'
  | 'points'
  | 'datasets'
  | 'inputs'
  | 'models'
  | 'versions'
  | 'aliases';

export interface UnreadablePart {
  /** A file below the store's folder, with the line where that helps; or a table and row. */
  readonly place: string;
  readonly reason: string;
}

/** Something worth knowing that cost nothing, with how often it happened and the first places. */
export interface ReportNote {
  readonly message: string;
  readonly count: number;
  readonly places: readonly string[];
}

/** The report as a program reads it. */
export interface ImportReportJson {
  readonly store: { readonly kind: string; readonly path: string } | null;
  readonly read: Readonly<Record<ReadKind, number>>;
  readonly notKept: readonly { readonly kind: string; readonly count: number }[];
  /** All of them, even where the list of parts is cut. */
  readonly unreadableCount: number;
  readonly unreadable: readonly UnreadablePart[];
  readonly notes: readonly ReportNote[];
  readonly exitCode: number;
}

/** Parts listed one by one; beyond this they are only counted, so that a ruined store cannot fill the memory. */
const MAX_LISTED_PARTS = 10_000;
const MAX_PLACES_PER_NOTE = 5;

/** Collects the report while a store is read. */
export class ImportReport {
  readonly read: Record<ReadKind, number> = {
    experiments: 0,
    runs: 0,
    params: 0,
    tags: 0,
    points: 0,
    datasets: 0,
    inputs: 0,
    models: 0,
    versions: 0,
    aliases: 0,
  };
  readonly unreadable: UnreadablePart[] = [];
  unreadableCount = 0;
  private store: ImportReportJson['store'] = null;
  private readonly notKeptByKind = new Map<string, number>();
  private readonly notesByMessage = new Map<string, { count: number; places: string[] }>();

  /** Says which store it is about. */
  about(kind: string, path: string): void {
    this.store = { kind, path };
  }

  count(kind: ReadKind, number = 1): void {
    this.read[kind] += number;
  }

  addUnreadable(place: string, reason: string): void {
    this.unreadableCount += 1;
    if (this.unreadable.length < MAX_LISTED_PARTS) this.unreadable.push({ place, reason });
  }

  /**
   * Counts what the graph has no place for.
   * @param kind in camel case, as a program reads it: `loggedModels`
   */
  addNotKept(kind: string, number = 1): void {
    if (number > 0) this.notKeptByKind.set(kind, (this.notKeptByKind.get(kind) ?? 0) + number);
  }

  addNote(message: string, place: string): void {
    const note = this.notesByMessage.get(message) ?? { count: 0, places: [] };
    note.count += 1;
    if (note.places.length < MAX_PLACES_PER_NOTE) note.places.push(place);
    this.notesByMessage.set(message, note);
  }

  /** How many of a kind were counted as not kept. */
  notKept(kind: string): number {
    return this.notKeptByKind.get(kind) ?? 0;
  }

  toJSON(): ImportReportJson {
    return {
      store: this.store,
      read: { ...this.read },
      notKept: [...this.notKeptByKind]
        .map(([kind, count]) => ({ kind, count }))
        .sort((a, b) => (a.kind < b.kind ? -1 : 1)),
      unreadableCount: this.unreadableCount,
      unreadable: [...this.unreadable],
      notes: [...this.notesByMessage].map(([message, note]) => ({ message, ...note })),
      exitCode: exitCodeOf(this),
    };
  }
}

/** 0: everything was read, what is only counted included; 2: some parts could not be read; 1: nothing was imported. */
export function exitCodeOf(report: ImportReport): 0 | 1 | 2 {
  if (Object.values(report.read).every((number) => number === 0)) return 1;
  return report.unreadableCount > 0 ? 2 : 0;
}
