// The order in which events that wait for their positions get them.

/** What of an event decides its place. */
export interface WaitingEvent {
  readonly pk: number;
  readonly recordedAt: number;
  readonly subjectType: string;
  readonly subjectPk: number;
  readonly sequence: number;
  readonly ordinal: number;
}

/**
 * Puts events in the order of the log: by the time they were recorded at, as a transaction wrote them, and those of one
 * subject by its sequence. Times of one subject rise with its sequence wherever `append` took them; rows of other origin
 * swap places within their subject, and leave all others where they are.
 */
export function inLogOrder<T extends WaitingEvent>(events: readonly T[]): T[] {
  const ordered = [...events].sort((a, b) => a.recordedAt - b.recordedAt || a.pk - b.pk);
  const bySubject = Map.groupBy(ordered, ({ subjectType, subjectPk }) => `${subjectType} ${subjectPk}`);
  for (const own of bySubject.values()) own.sort((a, b) => a.sequence - b.sequence || a.ordinal - b.ordinal);
  const taken = new Map<string, number>();
  return ordered.map(({ subjectType, subjectPk }) => {
    const subject = `${subjectType} ${subjectPk}`;
    const index = taken.get(subject) ?? 0;
    taken.set(subject, index + 1);
    return bySubject.get(subject)?.[index] as T;
  });
}
