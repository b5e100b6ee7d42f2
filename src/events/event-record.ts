// An event as it is read from the log.

/** The row of an event that has its position. */
export interface EventRecordRow {
  readonly position: number;
  readonly type: string;
  readonly subjectType: string;
  readonly subjectPk: number;
  readonly subjectName: string;
  readonly stageName: string | null;
  readonly at: number;
  readonly actorName: string;
  readonly comment: string | null;
  /** JSON. */
  readonly payload: string;
}

/** What was true at an event: scalars, and the row numbers of the objects it leads to. */
export type Payload = Readonly<Record<string, unknown>>;

export class EventRecord {
  private parsed: Payload | undefined;

  constructor(readonly row: EventRecordRow) {}

  get position(): number {
    return this.row.position;
  }

  /** Read once, however many subscribers are given the event. */
  get payload(): Payload {
    this.parsed ??= JSON.parse(this.row.payload) as Payload;
    return this.parsed;
  }

  /** About what it takes in memory, characters. */
  get size(): number {
    const { payload, comment, subjectName } = this.row;
    return payload.length + (comment?.length ?? 0) + subjectName.length;
  }
}
