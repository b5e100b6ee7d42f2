// What the commands run: handed to them by main, since they do not know how a registry is put together.

import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import type { Database } from '../database/database.ts';
import type { Features } from '../features/index.ts';

export interface OpenedRegistry {
  readonly db: Database;
  readonly features: Features;
  /** The statements that would make the database what the program expects; none where it is. */
  drift(): Promise<string[]>;
  close(): Promise<void>;
}

export interface ServedRegistry extends OpenedRegistry {
  readonly url: string;
}

export interface Host {
  openRegistry(
    config: Config,
    log: Logger,
    options?: { readonly migrate?: 'first' | 'never'; readonly isBulk?: boolean },
  ): Promise<OpenedRegistry>;
  startApp(config: Config, log: Logger): Promise<ServedRegistry>;
}
