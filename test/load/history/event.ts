// The events that the writers' changes record, as every reader of this check asks for them.

/** What a reader selects: the same for pages and for subscriptions, so that both can be compared as text. */
export const EVENT_FIELDS = `__typename cursor position type at comment subject
  ... on ModelRegistered { modelName }
  ... on ModelUpdated { modelName changes { field from to } }
  ... on VersionRegistered { modelName number }
  ... on StageChanged { modelName number change { id from to comment at } }
  ... on PromotionGateChanged { modelName stage description added }
  ... on AliasChanged { modelName alias fromNumber toNumber }`;

export interface LoggedEvent {
  readonly cursor: string;
  readonly position: number;
  readonly type: string;
  readonly at: string;
  readonly comment: string | null;
  readonly subject: string;
  readonly modelName: string;
  readonly number?: number;
  readonly change?: { readonly id: string; readonly from: string; readonly to: string };
  readonly changes?: readonly { readonly field: string; readonly from: string | null; readonly to: string | null }[];
  readonly stage?: string;
  readonly description?: string;
  readonly added?: boolean;
  readonly alias?: string;
  readonly fromNumber?: number | null;
  readonly toNumber?: number | null;
}

export const EVENTS_PAGE = `query($after: String, $first: Int, $filter: EventFilter) {
  events(after: $after, first: $first, filter: $filter) { nodes { ${EVENT_FIELDS} } } }`;

export const EVENTS_FOLLOWED = `subscription($after: String, $filter: EventFilter) {
  events(after: $after, filter: $filter) { ${EVENT_FIELDS} } }`;

/** Which events a reader asks for; the same condition on what the log has. */
export interface EventSelection {
  readonly models?: readonly string[];
  readonly types?: readonly string[];
  readonly stages?: readonly string[];
}

export function isSelected({ models, types, stages }: EventSelection, event: LoggedEvent): boolean {
  if (models && !models.includes(event.modelName)) return false;
  if (types && !types.includes(event.type)) return false;
  return !stages || (event.change !== undefined && stages.includes(event.change.to));
}
