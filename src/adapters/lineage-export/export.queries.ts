// Reads lineage page by page, in the order of row numbers: what is in memory is a page, and of a part of the graph the
// numbers of its nodes. What was deleted is left out.

import { Invalid, NotFound } from '../../core/errors.ts';
import { quoted } from '../../core/ids.ts';
import type { Database } from '../../database/database.ts';
import { name, raw, type Sql, sql } from '../../database/sql.ts';
import { EdgeQueries } from '../../features/lineage/edge.queries.ts';
import { kindOf, nodeOf, readNode, rowOf } from '../../features/lineage/lineage.nodes.ts';
import type { LineageRef } from '../../features/lineage/lineage.types.ts';
import { allReached } from '../../features/lineage/node-pages.ts';
import { FOREVER } from '../../features/tags/tag.service.ts';
import type {
  ExportedDerivation,
  ExportedRun,
  ExportedThing,
  ExportScope,
  ExportSelection,
  Linked,
} from './export.types.ts';

const PAGE = 200;

type Kind = LineageRef['kind'];

/** Which rows of a kind are exported, as a condition on `t`. */
const TABLES: Readonly<Record<Kind, Sql>> = {
  RUN: sql`runs t WHERE t.deletedAt IS NULL`,
  DATASET: sql`datasets t WHERE 1 = 1`,
  MODEL_VERSION: sql`model_versions t WHERE t.deletedAt IS NULL`,
};

interface EdgeRow {
  readonly fromNode: number;
  readonly toNode: number;
  readonly since: number;
}

export class ExportQueries {
  private readonly edges: EdgeQueries;

  constructor(private readonly db: Database) {
    this.edges = new EdgeQueries(db);
  }

  /** @throws NotFound where what is named is not here, Invalid where more than one thing is named */
  async scopeOf({ experiment, model, of }: ExportSelection): Promise<ExportScope> {
    const given = [experiment, model, of].filter((one) => one !== undefined);
    if (given.length > 1) throw new Invalid('', 'Give --experiment, --model or --of, not several of them.');
    if (experiment !== undefined) return this.scopeOfExperiment(experiment);
    if (model !== undefined) return this.scopeOfModel(model);
    return of === undefined ? 'ALL' : this.scopeOfNode(of);
  }

  /** Experiments without runs: the others are told of by these. */
  async *experimentsWithoutRuns(): AsyncGenerator<{ name: string; createdAt: number }> {
    for (let after = 0; ; ) {
      const rows = await this.db.read<{ pk: number; name: string; createdAt: number }>(
        sql`SELECT e.pk AS pk, e.name AS name, e.createdAt AS createdAt FROM experiments e WHERE e.pk > ${after} AND e.live = 1 AND NOT EXISTS (SELECT 1 FROM runs r WHERE r.experimentPk = e.pk AND r.deletedAt IS NULL) ORDER BY e.pk LIMIT ${PAGE}`,
      );
      yield* rows;
      const last = rows.at(-1);
      if (!last) return;
      after = last.pk;
    }
  }

  async *runs(scope: ExportScope): AsyncGenerator<ExportedRun> {
    for await (const pks of this.pages('RUN', scope)) yield* await this.readRuns(pks, scope);
  }

  async *datasets(scope: ExportScope): AsyncGenerator<ExportedDerivation> {
    for await (const pks of this.pages('DATASET', scope)) yield* await this.readDerivations('DATASET', pks, scope);
  }

  async *versions(scope: ExportScope): AsyncGenerator<ExportedDerivation> {
    for await (const pks of this.pages('MODEL_VERSION', scope)) {
      yield* await this.readDerivations('MODEL_VERSION', pks, scope);
    }
  }

  private async scopeOfExperiment(experimentName: string): Promise<ExportScope> {
    const experiment = await this.db.readFirst<{ pk: number }>(
      sql`SELECT pk FROM experiments WHERE name = ${experimentName} AND live = 1`,
    );
    if (!experiment) throw new NotFound(`There is no experiment named ${quoted(experimentName)}.`);
    const rows = await this.db.read<{ pk: number }>(
      sql`SELECT pk FROM runs WHERE experimentPk = ${experiment.pk} AND deletedAt IS NULL ORDER BY pk`,
    );
    const runs = rows.map(({ pk }) => nodeOf({ kind: 'RUN', pk }));
    const scope = new Set(runs);
    for (let start = 0; start < runs.length; start += PAGE) {
      for (const { fromNode, toNode } of await this.edgesOf(runs.slice(start, start + PAGE), 'ALL')) {
        scope.add(fromNode).add(toNode);
      }
    }
    return scope;
  }

  private async scopeOfModel(modelName: string): Promise<ExportScope> {
    const model = await this.db.readFirst<{ pk: number }>(
      sql`SELECT pk FROM models WHERE name = ${modelName} AND deletedAt IS NULL`,
    );
    if (!model) throw new NotFound(`There is no model named ${quoted(modelName)}.`);
    const versions = await this.db.read<{ pk: number }>(
      sql`SELECT pk FROM model_versions WHERE modelPk = ${model.pk} AND deletedAt IS NULL ORDER BY pk`,
    );
    const scope = new Set<number>();
    for (const { pk } of versions) await this.reach(scope, nodeOf({ kind: 'MODEL_VERSION', pk }), ['UPSTREAM']);
    return scope;
  }

  private async scopeOfNode(id: string): Promise<ExportScope> {
    const node = readNode(id, '--of');
    const [found] = await this.existing(kindOf(node), [rowOf(node)]);
    if (found === undefined) throw new NotFound('There is no dataset, run or version of this id, or it was deleted.');
    const scope = new Set<number>();
    await this.reach(scope, node, ['UPSTREAM', 'DOWNSTREAM']);
    return scope;
  }

  private async reach(scope: Set<number>, of: number, directions: readonly ('UPSTREAM' | 'DOWNSTREAM')[]) {
    scope.add(of);
    for (const direction of directions) {
      const request = { of, direction, depth: Number.POSITIVE_INFINITY, kinds: null, at: null };
      for (const node of await allReached(this.edges, request)) scope.add(node);
    }
  }

  /** The row numbers of a kind, ascending, a page at a time. */
  private async *pages(kind: Kind, scope: ExportScope): AsyncGenerator<number[]> {
    if (scope !== 'ALL') {
      const pks = [...scope].filter((node) => kindOf(node) === kind).map(rowOf);
      pks.sort((a, b) => a - b);
      for (let start = 0; start < pks.length; start += PAGE) {
        yield await this.existing(kind, pks.slice(start, start + PAGE));
      }
      return;
    }
    for (let after = 0; ; ) {
      const rows = await this.db.read<{ pk: number }>(
        sql`SELECT t.pk AS pk FROM ${TABLES[kind]} AND t.pk > ${after} ORDER BY t.pk LIMIT ${PAGE}`,
      );
      const last = rows.at(-1);
      if (!last) return;
      yield rows.map(({ pk }) => pk);
      after = last.pk;
    }
  }

  private async existing(kind: Kind, pks: readonly number[]): Promise<number[]> {
    const rows = await this.db.read<{ pk: number }>(
      sql`SELECT t.pk AS pk FROM ${TABLES[kind]} AND ${this.db.dialect.inList(sql`t.pk`, pks)} ORDER BY t.pk`,
    );
    return rows.map(({ pk }) => pk);
  }

  private async readRuns(pks: readonly number[], scope: ExportScope): Promise<ExportedRun[]> {
    const { inList } = this.db.dialect;
    type RunRow = Omit<ExportedRun, 'parent' | 'tags' | 'inputs' | 'outputs'> & {
      readonly parentRunId: string | null;
      readonly parentExperimentName: string | null;
    };
    const rows = await this.db.read<RunRow>(
      sql`SELECT r.*, e.name AS experimentName, p.runId AS parentRunId, pe.name AS parentExperimentName, COALESCE(o.said, '') AS said FROM runs r JOIN experiments e ON e.pk = r.experimentPk LEFT JOIN runs p ON p.pk = r.parentPk LEFT JOIN experiments pe ON pe.pk = p.experimentPk LEFT JOIN openlineage_runs o ON o.runId = r.runId WHERE ${inList(sql`r.pk`, pks)} ORDER BY r.pk`,
    );
    const tags = await this.db.read<{ runPk: number; key: string; value: string }>(
      sql`SELECT t.runPk AS runPk, t.key AS ${name('key')}, t.value AS ${name('value')} FROM run_tags t WHERE ${inList(sql`t.runPk`, pks)} ORDER BY t.runPk, t.key`,
    );
    const tagsOf = Map.groupBy(tags, (tag) => tag.runPk);
    const nodes = pks.map((pk) => nodeOf({ kind: 'RUN', pk }));
    const edges = await this.edgesOf(nodes, scope);
    const isRun = new Set(nodes);
    const things = await this.readThings(edges.map(({ fromNode, toNode }) => (isRun.has(toNode) ? fromNode : toNode)));
    const inputs = Map.groupBy(edges, ({ toNode }) => toNode);
    const outputs = Map.groupBy(edges, ({ fromNode }) => fromNode);
    return rows.map(({ parentRunId, parentExperimentName, ...row }) => {
      const node = nodeOf({ kind: 'RUN', pk: row.pk });
      return {
        ...row,
        startedAt: Number(row.startedAt),
        endedAt: row.endedAt === null ? null : Number(row.endedAt),
        parent: parentRunId === null ? null : { runId: parentRunId, experimentName: parentExperimentName ?? '' },
        tags: (tagsOf.get(row.pk) ?? []).map(({ key, value }) => ({ key, value })),
        inputs: linked(inputs.get(node) ?? [], ({ fromNode }) => things.get(fromNode)),
        outputs: linked(outputs.get(node) ?? [], ({ toNode }) => things.get(toNode)),
      };
    });
  }

  private async readDerivations(
    kind: 'DATASET' | 'MODEL_VERSION',
    pks: readonly number[],
    scope: ExportScope,
  ): Promise<ExportedDerivation[]> {
    const nodes = pks.map((pk) => nodeOf({ kind, pk }));
    const rows = await this.db.read<EdgeRow>(
      sql`SELECT e.fromNode AS fromNode, e.toNode AS toNode, MIN(e.since) AS since FROM lineage_edges e WHERE ${this.db.dialect.inList(sql`e.toNode`, nodes)} AND e.fromNode % 4 = e.toNode % 4 AND e.until = ${FOREVER} GROUP BY e.fromNode, e.toNode ORDER BY e.fromNode, e.toNode`,
    );
    const derivations = rows.map(toEdge).filter(({ fromNode }) => scope === 'ALL' || scope.has(fromNode));
    // Of a part of the graph, each is told of by itself: its runs may lie outside.
    const withRuns = scope === 'ALL' ? await this.withRuns(nodes) : new Set();
    const things = await this.readThings([...nodes, ...derivations.map(({ fromNode }) => fromNode)]);
    const origins = Map.groupBy(derivations, ({ toNode }) => toNode);
    return nodes.flatMap((node) => {
      const thing = things.get(node);
      if (!thing) return [];
      const own = linked(origins.get(node) ?? [], ({ fromNode }) => things.get(fromNode));
      return [{ thing, origins: own, hasRuns: withRuns.has(node) }];
    });
  }

  /** Those of the nodes that a run used or made. */
  private async withRuns(nodes: readonly number[]): Promise<Set<number>> {
    const { inList } = this.db.dialect;
    const rows = await this.db.read<{ node: number }>(
      sql`SELECT DISTINCT e.fromNode AS node FROM lineage_edges e WHERE ${inList(sql`e.fromNode`, nodes)} AND e.fromNode % 4 <> e.toNode % 4 AND e.until = ${FOREVER} UNION SELECT DISTINCT e.toNode AS node FROM lineage_edges e WHERE ${inList(sql`e.toNode`, nodes)} AND e.fromNode % 4 <> e.toNode % 4 AND e.until = ${FOREVER}`,
    );
    return new Set(rows.map(({ node }) => Number(node)));
  }

  /** Edges that hold now, from or to some nodes, with both ends in the scope; each once, in the order of their ends. */
  private async edgesOf(nodes: readonly number[], scope: ExportScope): Promise<EdgeRow[]> {
    const { inList } = this.db.dialect;
    const touching = async (end: 'fromNode' | 'toNode') =>
      this.db.read<EdgeRow>(
        sql`SELECT e.fromNode AS fromNode, e.toNode AS toNode, MIN(e.since) AS since FROM lineage_edges e WHERE ${inList(raw(`e.${end}`), nodes)} AND e.until = ${FOREVER} GROUP BY e.fromNode, e.toNode`,
      );
    const each = new Map<string, EdgeRow>();
    for (const row of [...(await touching('toNode')), ...(await touching('fromNode'))]) {
      const edge = toEdge(row);
      if (scope === 'ALL' || (scope.has(edge.fromNode) && scope.has(edge.toNode))) {
        each.set(`${edge.fromNode} ${edge.toNode}`, edge);
      }
    }
    return [...each.values()].sort((a, b) => a.fromNode - b.fromNode || a.toNode - b.toNode);
  }

  /** Datasets and live versions by the numbers of their nodes. */
  private async readThings(nodes: readonly number[]): Promise<Map<number, ExportedThing>> {
    const { inList } = this.db.dialect;
    const pksOf = (kind: Kind) => [...new Set(nodes.filter((node) => kindOf(node) === kind).map(rowOf))];
    const datasets = await this.db.read<Omit<Extract<ExportedThing, { kind: 'DATASET' }>, 'kind'>>(
      sql`SELECT d.*, COALESCE(o.said, '') AS said FROM datasets d LEFT JOIN openlineage_datasets o ON o.datasetPk = d.pk WHERE ${inList(sql`d.pk`, pksOf('DATASET'))}`,
    );
    const versions = await this.db.read<Omit<Extract<ExportedThing, { kind: 'MODEL_VERSION' }>, 'kind'>>(
      sql`SELECT v.pk AS pk, m.name AS modelName, v.number AS number, v.createdAt AS createdAt FROM model_versions v JOIN models m ON m.pk = v.modelPk WHERE ${inList(sql`v.pk`, pksOf('MODEL_VERSION'))} AND v.deletedAt IS NULL`,
    );
    const things: ExportedThing[] = [
      ...datasets.map((row) => ({ ...row, kind: 'DATASET' as const, createdAt: Number(row.createdAt) })),
      ...versions.map((row) => ({ ...row, kind: 'MODEL_VERSION' as const, createdAt: Number(row.createdAt) })),
    ];
    return new Map(things.map((thing) => [nodeOf(thing), thing]));
  }
}

function toEdge({ fromNode, toNode, since }: EdgeRow): EdgeRow {
  return { fromNode: Number(fromNode), toNode: Number(toNode), since: Number(since) };
}

function linked(edges: readonly EdgeRow[], thingOf: (edge: EdgeRow) => ExportedThing | undefined): Linked[] {
  return edges.flatMap((edge) => {
    const thing = thingOf(edge);
    return thing ? [{ thing, since: edge.since }] : [];
  });
}
