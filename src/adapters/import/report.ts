// What an import read and wrote, what it could not read, and what it read but has no place for.

const KINDS = [
  'experiments',
  'runs',
  'params',
  'tags',
  'points',
  'datasets',
  'inputs',
  'outputs',
  'derivations',
  'models',
  'versions',
  'stageChanges',
  'aliases',
] as const;

export type ReadKind = (typeof KINDS)[number];
type Counts = Record<ReadKind, number>;

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
  readonly read: Readonly<Counts>;
  /** What was written; the rest of what was read was there already, or could not be reached. */
  readonly imported: Readonly<Counts>;
  /** Why it stopped before its end; null where it did not. */
  readonly stopped: string | null;
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
  readonly read: Counts = noCounts();
  readonly imported: Counts = noCounts();
  /** Why the import stopped before its end; what it had done until then stays done. */
  stopped: string | null = null;
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

  countImported(kind: ReadKind, number: number): void {
    this.imported[kind] += number;
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
      imported: { ...this.imported },
      stopped: this.stopped,
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

/**
 * 0: everything was read, what is only counted included; 2: some parts could not be read, or it stopped on the way;
 * 1: nothing was imported.
 */
export function exitCodeOf(report: ImportReport): 0 | 1 | 2 {
  const isEmpty = (counts: Counts) => Object.values(counts).every((number) => number === 0);
  if (isEmpty(report.read)) return 1;
  if (report.stopped !== null) return isEmpty(report.imported) ? 1 : 2;
  return report.unreadableCount > 0 ? 2 : 0;
}

function noCounts(): Counts {
  return Object.fromEntries(KINDS.map((kind) => [kind, 0])) as Counts;
}
