// What every step of the demo is given, and the names by which the demo knows its own work again.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { DemoClient } from './demo-client.ts';

export interface DemoContext {
  readonly client: DemoClient;
  /** Takes one short line about what was just done. */
  readonly progress: (line: string) => void;
  /** Where trained parameters are written; without it they are not kept, and versions name no source. */
  readonly modelsFolder?: string;
}

/** The tag that says which step of the demo a run is, so that a later demo finds it. */
export const STEP_TAG = 'demo.step';

/** What a person would type to get these runs. */
export const ENTRY_POINT = 'modelgraph demo';

/** The folder of a run's files, the same for every attempt at that run. */
export function runFolder({ modelsFolder }: DemoContext, experiment: string, run: string): string | undefined {
  return modelsFolder === undefined ? undefined : join(modelsFolder, experiment, run.replaceAll(' ', '-'));
}

export function fileUrl(path: string | undefined): string | undefined {
  return path === undefined ? undefined : pathToFileURL(path).href;
}
