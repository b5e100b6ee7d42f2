// The stages that a version goes through.

import { registerEnumType } from 'type-graphql';

export enum Stage {
  NONE = 'NONE',
  STAGING = 'STAGING',
  PRODUCTION = 'PRODUCTION',
  ARCHIVED = 'ARCHIVED',
}

registerEnumType(Stage, {
  name: 'Stage',
  description: 'Where a version stands on its way to use.',
  valuesConfig: {
    NONE: { description: 'Registered, and not yet anywhere.' },
    STAGING: { description: 'Under test before it is used.' },
    PRODUCTION: { description: 'In use.' },
    ARCHIVED: { description: 'No longer in use, and kept.' },
  },
});

/** The stages that may be held exclusively: the others hold any number by their nature. */
export const EXCLUSIVE_CANDIDATES: readonly Stage[] = [Stage.STAGING, Stage.PRODUCTION];
