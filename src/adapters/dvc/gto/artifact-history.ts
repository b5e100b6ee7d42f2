// The history of one artifact, replayed as GTO understands it, and told in our terms.
//
// GTO lets a version be in several stages and shows the newest version of each; one of ours is in one stage. So a version
// is in the highest stage of those that GTO shows it in, in ARCHIVED where a newer one took its place or the artifact is
// deprecated, and in none otherwise; and each of GTO's stages is an alias of the version that GTO shows for it.

import { Stage } from '../../../features/models/stage.types.ts';
import type { GtoEvent } from './gto-events.ts';

/** A version from its registration on, until it is deregistered: registered again, it is another one. */
export interface HistoryVersion {
  /** The event that made it: its registration, or an assignment to its commit before that. */
  readonly begin: GtoEvent;
  /** Null for a commit that was assigned to a stage and never registered. */
  registration: GtoEvent | null;
  end: GtoEvent | null;
}

export interface HistoryChange {
  readonly version: HistoryVersion;
  readonly to: Stage;
  readonly event: GtoEvent;
  /** What led to it, where it is not what the event says itself. */
  readonly consequence?: string;
}

export interface HistoryAlias {
  readonly stage: string;
  readonly version: HistoryVersion;
  readonly begin: GtoEvent;
  end: GtoEvent | null;
}

export interface ArtifactHistory {
  /** In order of their registration. */
  readonly versions: readonly HistoryVersion[];
  readonly changes: readonly HistoryChange[];
  readonly aliases: readonly HistoryAlias[];
  /** The last deprecation, where nothing came after it. */
  readonly deprecation: GtoEvent | null;
  /** Assignments on a commit that has several versions; GTO itself does not read such a repository. */
  readonly ambiguous: readonly GtoEvent[];
  /** Registrations of what was registered, deregistrations of what was not. */
  readonly redundant: readonly GtoEvent[];
}

/** Best first. */
const PREFERENCE = [Stage.PRODUCTION, Stage.STAGING, Stage.ARCHIVED, Stage.NONE];
const MAKING_WAY: readonly Stage[] = [Stage.PRODUCTION, Stage.STAGING];

/**
 * Replays the events of an artifact.
 * @param events in the order of `gto history`, oldest first
 * @param stageOf our stage for one of GTO's
 */
export function replay(events: readonly GtoEvent[], stageOf: (name: string) => Stage): ArtifactHistory {
  return new Replay(events, stageOf).run();
}

/** A version as GTO counts: all registrations of one name on one commit. */
interface GtoVersion {
  readonly semver: string | null;
  /** In order; the last one is live unless it has an end. */
  readonly lives: HistoryVersion[];
  /** The stages it is assigned to, with the last assignment to each. */
  readonly assigned: Map<string, GtoEvent>;
}

class Replay {
  private readonly byCommit = new Map<string, GtoVersion[]>();
  private readonly versions: HistoryVersion[] = [];
  private readonly changes: HistoryChange[] = [];
  private readonly aliases: HistoryAlias[] = [];
  private readonly ambiguous: GtoEvent[] = [];
  private readonly redundant: GtoEvent[] = [];
  /** What is not deregistered, oldest first. */
  private readonly live = new Map<HistoryVersion, GtoVersion>();
  private readonly stages = new Map<HistoryVersion, Stage>();
  private readonly shown = new Map<string, HistoryAlias>();
  private deprecation: GtoEvent | null = null;

  constructor(
    private readonly events: readonly GtoEvent[],
    private readonly stageOf: (name: string) => Stage,
  ) {}

  run(): ArtifactHistory {
    // An assignment means the version of its commit, even where that was registered later.
    for (const event of this.events) if (event.version !== null) this.gtoVersion(event.commit, event.version);
    for (const event of this.events) this.take(event);
    const { versions, changes, aliases, deprecation, ambiguous, redundant } = this;
    return { versions, changes, aliases, deprecation, ambiguous, redundant };
  }

  private take(event: GtoEvent): void {
    this.deprecation = event.action === 'deprecate' ? event : null;
    const recorded = this.apply(event);
    const shown = this.versionsShown();
    this.moveAliases(event, shown);
    this.moveVersions(event, shown, recorded);
  }

  /** @returns the version that the event is recorded of as a change; none where it begins or ends one */
  private apply(event: GtoEvent): HistoryVersion | undefined {
    if (event.action === 'deprecate') return undefined;
    if (event.action === 'register') return this.register(event);
    if (event.action === 'deregister') return this.deregister(event);
    const version = this.versionAt(event);
    const { stage } = event;
    if (stage !== null && event.action === 'assign') version.assigned.set(stage, event);
    if (stage !== null && event.action === 'unassign') version.assigned.delete(stage);
    return version.lives.at(-1) ?? this.begin(version, event, null);
  }

  private register(event: GtoEvent): HistoryVersion | undefined {
    const version = this.gtoVersion(event.commit, event.version);
    const live = liveOf(version);
    if (!live) {
      this.begin(version, event, event);
      return undefined;
    }
    if (live.registration) this.redundant.push(event);
    live.registration ??= event;
    return live;
  }

  private deregister(event: GtoEvent): HistoryVersion | undefined {
    const version = this.gtoVersion(event.commit, event.version);
    const live = liveOf(version);
    if (!live) {
      this.redundant.push(event);
      return version.lives.at(-1);
    }
    live.end = event;
    this.live.delete(live);
    return undefined;
  }

  private begin(of: GtoVersion, event: GtoEvent, registration: GtoEvent | null): HistoryVersion {
    const version: HistoryVersion = { begin: event, registration, end: null };
    of.lives.push(version);
    this.versions.push(version);
    this.live.set(version, of);
    this.stages.set(version, Stage.NONE);
    return version;
  }

  private gtoVersion(commit: string, semver: string | null): GtoVersion {
    const atCommit = this.byCommit.get(commit) ?? [];
    this.byCommit.set(commit, atCommit);
    const known = atCommit.find((one) => one.semver === semver);
    if (known) return known;
    const version: GtoVersion = { semver, lives: [], assigned: new Map() };
    atCommit.push(version);
    return version;
  }

  private versionAt(event: GtoEvent): GtoVersion {
    const atCommit = this.byCommit.get(event.commit) ?? [];
    if (atCommit.length > 1) this.ambiguous.push(event);
    const begun = atCommit.filter(({ lives }) => lives.length > 0);
    return begun.at(-1) ?? atCommit[0] ?? this.gtoVersion(event.commit, null);
  }

  /** What `gto show` says: for each stage the version that was assigned to it last, of those that are registered. */
  private versionsShown(): Map<string, HistoryVersion> {
    const newest = new Map<string, { readonly version: HistoryVersion; readonly at: number }>();
    if (this.deprecation) return new Map();
    for (const [live, { assigned }] of this.live) {
      for (const [stage, { at }] of assigned) {
        // Of those that were assigned within one second GTO shows the older version.
        if (at > (newest.get(stage)?.at ?? Number.NEGATIVE_INFINITY)) newest.set(stage, { version: live, at });
      }
    }
    return new Map([...newest].map(([stage, { version }]) => [stage, version]));
  }

  private moveAliases(event: GtoEvent, shown: ReadonlyMap<string, HistoryVersion>): void {
    for (const [stage, alias] of this.shown) {
      if (shown.get(stage) === alias.version) continue;
      alias.end = event;
      this.shown.delete(stage);
    }
    for (const [stage, version] of shown) {
      if (this.shown.has(stage)) continue;
      const alias: HistoryAlias = { stage, version, begin: event, end: null };
      this.shown.set(stage, alias);
      this.aliases.push(alias);
    }
  }

  private moveVersions(
    event: GtoEvent,
    shown: ReadonlyMap<string, HistoryVersion>,
    recorded: HistoryVersion | undefined,
  ): void {
    for (const [live, { assigned }] of this.live) {
      if (live === recorded) continue;
      // Most versions are in no stage, and stay so.
      if (assigned.size === 0 && !this.deprecation && this.stages.get(live) === Stage.NONE) continue;
      const to = this.stageNow(live, assigned, shown);
      if (to !== this.stages.get(live)) {
        this.change({ version: live, to, event, consequence: this.reasonOf(event) });
      }
    }
    // Who makes way goes first, as in any promotion; and what GTO has recorded is told even where it moves nothing of ours.
    if (!recorded) return;
    const of = this.live.get(recorded);
    this.change({ version: recorded, to: of ? this.stageNow(recorded, of.assigned, shown) : Stage.NONE, event });
  }

  private stageNow(
    version: HistoryVersion,
    assigned: ReadonlyMap<string, GtoEvent>,
    shown: ReadonlyMap<string, HistoryVersion>,
  ): Stage {
    if (this.deprecation) return Stage.ARCHIVED;
    const held = [...assigned.keys()].map((stage) => {
      const ours = this.stageOf(stage);
      if (shown.get(stage) === version) return ours;
      return MAKING_WAY.includes(ours) ? Stage.ARCHIVED : Stage.NONE;
    });
    return PREFERENCE.find((stage) => held.includes(stage)) ?? Stage.NONE;
  }

  /** Why a version moves that an event is not about. */
  private reasonOf({ action, version, stage }: GtoEvent): string {
    if (action === 'deprecate') return 'Archived, since the artifact was deprecated.';
    if (action === 'register') return `Back in its stage, since ${version} was registered.`;
    if (action === 'deregister') return `Back in its stage, since ${version} was deregistered.`;
    if (action === 'assign') return `Moved, since another version was assigned to ${stage}.`;
    return `Back in its stage, since another version was taken out of ${stage}.`;
  }

  private change(change: HistoryChange): void {
    this.stages.set(change.version, change.to);
    this.changes.push(change);
  }
}

function liveOf({ lives }: GtoVersion): HistoryVersion | undefined {
  const last = lives.at(-1);
  return last && last.end === null ? last : undefined;
}
