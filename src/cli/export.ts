// `modelgraph export`: lineage in the formats of others, to a file or to the standard output.

import { createWriteStream } from 'node:fs';
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Logger } from 'pino';
import { ExportQueries } from '../adapters/lineage-export/export.queries.ts';
import type { ExportScope, ExportSelection } from '../adapters/lineage-export/export.types.ts';
import { openLineageLines } from '../adapters/lineage-export/openlineage-export.ts';
import { provChunks } from '../adapters/lineage-export/prov-export.ts';
import type { Config } from '../config.ts';
import type { Host } from './host.ts';

type Format = (queries: ExportQueries, scope: ExportScope) => AsyncIterable<string>;

export const EXPORT_FORMATS = { openlineage: openLineageLines, prov: provChunks } satisfies Record<string, Format>;

export interface ExportRequest extends ExportSelection {
  readonly format: keyof typeof EXPORT_FORMATS;
  /** The file to write; the standard output by default. */
  readonly out?: string | undefined;
}

/**
 * Writes the lineage, a page at a time. What is changed meanwhile may be in it or not.
 * @throws NotFound where what was selected is not there, Invalid where more than one thing was
 */
export async function exportLineage(host: Host, config: Config, log: Logger, request: ExportRequest): Promise<void> {
  const registry = await host.openRegistry(config, log);
  try {
    const queries = new ExportQueries(registry.db);
    const scope = await queries.scopeOf(request);
    const pieces = Readable.from(EXPORT_FORMATS[request.format](queries, scope));
    if (request.out === undefined) await writeTo(process.stdout, pieces);
    else await pipeline(pieces, createWriteStream(request.out));
  } finally {
    await registry.close();
  }
}

/** Whoever reads may have enough before the end, such as `head`. */
async function writeTo(output: Writable, pieces: Readable): Promise<void> {
  try {
    await pipeline(pieces, output, { end: false });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error;
  }
}
