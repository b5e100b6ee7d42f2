// Which of our stages one of GTO's counts as, where GTO lets every team name its own.

import { Invalid } from '../../../core/errors.ts';
import { Stage } from '../../../features/models/stage.types.ts';

/** By their names in lower case. */
const DEFAULTS: Readonly<Record<string, Stage>> = {
  prod: Stage.PRODUCTION,
  production: Stage.PRODUCTION,
  live: Stage.PRODUCTION,
  stage: Stage.STAGING,
  staging: Stage.STAGING,
  stg: Stage.STAGING,
  uat: Stage.STAGING,
  preprod: Stage.STAGING,
  'pre-prod': Stage.STAGING,
  dev: Stage.NONE,
  development: Stage.NONE,
  none: Stage.NONE,
  archive: Stage.ARCHIVED,
  archived: Stage.ARCHIVED,
};

export type StageMap = ReadonlyMap<string, Stage>;

/**
 * Reads options such as `canary=PRODUCTION`.
 * @throws Invalid saying what would be right
 */
export function readStageMap(options: readonly string[]): StageMap {
  return new Map(
    options.map((option) => {
      const at = option.lastIndexOf('=');
      const stage = Object.values(Stage).find((one) => one === option.slice(at + 1).toUpperCase());
      if (at > 0 && stage) return [option.slice(0, at), stage];
      throw new Invalid(
        '--stage',
        `--stage ${JSON.stringify(option)} is not of the form name=STAGE, with one of ${Object.values(Stage).join(', ')}.`,
      );
    }),
  );
}

/** Our stage; undefined where neither an option nor a default names it, which counts as `NONE`. */
export function stageOf(name: string, options: StageMap): Stage | undefined {
  return options.get(name) ?? DEFAULTS[name.toLowerCase()];
}
