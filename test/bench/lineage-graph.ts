// A generated graph of datasets: one part to ask about, of about 1,200 nodes within ten edges, among any number of others.

import { SeededRandom } from '../../src/cli/demo/training/seeded-random.ts';

/** From one node to another, by their numbers. */
export type Edge = readonly [from: number, to: number];

/** The nodes of each depth, from the root on: 1,203 in all. */
const LEVELS = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 180];
/** Nodes of the part lie so far apart, among all the others. */
const SPREAD = 613;
/** Row numbers of the others end here. */
const OTHERS = 800_000;
const HUB_CHILDREN = 100_000;

export const ROOT_PK = 1;
export const HUB_PK = OTHERS + 1;

const nodeOf = (pk: number) => pk * 4 + 1;

/** What lies upstream of the root: each node has its place in a level, and leads on to others of it, back and in circles too. */
export function partAskedAbout(): { readonly edges: Edge[]; readonly nodes: number } {
  const random = new SeededRandom(5);
  const pkAt = (index: number) => ROOT_PK + index * SPREAD;
  const edges: Edge[] = [];
  let first = 0;
  for (const [depth, size] of LEVELS.entries()) {
    const before = LEVELS[depth - 1];
    for (let index = 0; before !== undefined && index < size; index++) {
      const above = first - before + (index % before);
      const here = first + index;
      edges.push([nodeOf(pkAt(here)), nodeOf(pkAt(above))]);
      // A second way, from the same level or one above: shortens nothing, closes circles.
      const other = Math.floor(random.uniform() * first);
      edges.push([nodeOf(pkAt(other)), nodeOf(pkAt(here))]);
    }
    first += size;
  }
  return { edges, nodes: first };
}

/** Edges that never touch the part, drawn at random, so that there are circles among them. */
export function* otherEdges(count: number, seed: number): Generator<Edge> {
  const random = new SeededRandom(seed);
  const draw = () => {
    for (;;) {
      const pk = 1 + Math.floor(random.uniform() * OTHERS);
      if (pk % SPREAD !== ROOT_PK) return nodeOf(pk);
    }
  };
  for (let made = 0; made < count; made++) {
    const [from, to] = [draw(), draw()];
    if (from !== to) yield [from, to];
  }
}

/** A node that very many came of. */
export function* hubEdges(): Generator<Edge> {
  for (let child = 1; child <= HUB_CHILDREN; child++) yield [nodeOf(HUB_PK), nodeOf(HUB_PK + child)];
}
