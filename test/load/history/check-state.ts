// What the registry says now, and said at past moments, is what its log tells.

import type { Random } from '../../support/random.ts';
import { type Data, insist } from './client.ts';
import type { Findings } from './findings.ts';
import { gateText } from './gates.ts';
import type { ModelHistory } from './history.ts';
import { STAGES } from './operation.ts';
import { holdersOf, type ModelState } from './reference.ts';

const NOW = 'replaying the log gives the state';
const THEN = 'what `at:` answers is what the log tells of that moment';
/** Moments asked for in each model. */
const MOMENTS = 25;
const VERSIONS_AT_ONCE = 500;

const MODEL_NOW = `query($name: String!, $after: String) { model(by: {name: $name}) {
  revision exclusiveStages promotionGates { stage description } aliases { alias version { number } } tags { key value }
  versions(first: ${VERSIONS_AT_ONCE}, after: $after, orderBy: [{field: NUMBER}]) {
    nodes { number stage revision } pageInfo { hasNextPage endCursor } } } }`;
const MODEL_THEN = `query($name: String!, $at: DateTime!) { model(by: {name: $name}) {
  aliases(at: $at) { alias version { number } } tags(at: $at) { key value }
  ${STAGES.filter((stage) => stage !== 'NONE' && stage !== 'ARCHIVED')
    .map((stage) => `${stage}: versionsInStage(stage: ${stage}, at: $at) { number stage(at: $at) }`)
    .join('\n')} } }`;

/** Both sides in one form: text with everything in order. */
function shown(state: ModelState | undefined): string {
  return JSON.stringify({
    revision: state?.revision,
    exclusiveStages: [...(state?.exclusiveStages ?? [])].sort(),
    gates: [...(state?.gates ?? [])].sort(),
    aliases: [...(state?.aliases ?? [])].sort(),
    tags: [...(state?.tags ?? [])].sort(),
    versions: [...(state?.versions ?? [])].map(([number, { stage, revision }]) => [number, stage, revision]),
  });
}

export async function checkState(
  histories: ReadonlyMap<string, ModelHistory>,
  urls: readonly string[],
  findings: Findings,
): Promise<void> {
  for (const [index, { model, states }] of [...histories.values()].entries()) {
    const url = urls[index % urls.length] ?? '';
    const versions: [number, string, number][] = [];
    let now: Data;
    let after: string | null = null;
    do {
      now = (await insist([url], MODEL_NOW, { name: model, after })).model;
      for (const { number, stage, revision } of now.versions.nodes) versions.push([number, stage, revision]);
      after = now.versions.pageInfo.endCursor;
    } while (now.versions.pageInfo.hasNextPage);
    const { revision, exclusiveStages } = now;
    const found = JSON.stringify({
      revision,
      exclusiveStages: [...exclusiveStages].sort(),
      gates: now.promotionGates.map((gate: Data) => gateText(gate.stage, gate.description)).sort(),
      ...aliasesAndTags(now),
      versions,
    });
    const expected = shown(states.at(-1));
    findings.expect(NOW, found === expected, () => `${model} is ${found}, should be ${expected}`);
  }
}

export async function checkMoments(
  histories: ReadonlyMap<string, ModelHistory>,
  urls: readonly string[],
  random: Random,
  findings: Findings,
): Promise<void> {
  for (const { model, groups, states } of histories.values()) {
    for (let count = 0; count < Math.min(MOMENTS, groups.length); count++) {
      const event = random.pick(groups).events[0];
      // Between two changes, or at one: what changes at a moment holds from it on.
      const at = new Date(Date.parse(event?.at ?? '') + random.pick([-1, 0, 0, 1])).toISOString();
      const past = groups.findLastIndex(({ events }) => (events[0]?.at ?? '') <= at);
      const state = states[past + 1];
      const then = (await insist([random.pick(urls)], MODEL_THEN, { name: model, at })).model;
      const inStage = (stage: 'STAGING' | 'PRODUCTION') =>
        (state ? holdersOf(state, stage) : []).toReversed().map((number) => ({ number, stage }));
      const expected = JSON.stringify({
        aliases: [...(state?.aliases ?? [])].sort(),
        tags: [...(state?.tags ?? [])].sort(),
        staging: inStage('STAGING'),
        production: inStage('PRODUCTION'),
      });
      const found = JSON.stringify({ ...aliasesAndTags(then), staging: then.STAGING, production: then.PRODUCTION });
      findings.expect(THEN, found === expected, () => `${model} at ${at} was ${found}, should be ${expected}`);
    }
  }
}

function aliasesAndTags({ aliases, tags }: Data): { aliases: [string, number][]; tags: [string, string][] } {
  return {
    aliases: aliases.map(({ alias, version }: Data): [string, number] => [alias, version.number]).sort() as [
      string,
      number,
    ][],
    tags: tags.map(({ key, value }: Data): [string, string] => [key, value]).sort() as [string, string][],
  };
}
