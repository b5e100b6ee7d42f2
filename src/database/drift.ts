// Whether the migrated schema is what the entities say.

import type { DataSource } from 'typeorm';

/** @returns the statements that would be needed to make them the same; none where they are */
export async function findDrift(dataSource: DataSource): Promise<string[]> {
  const { driver } = dataSource;
  const normalizeType = driver.normalizeType.bind(driver);
  // The entities say `text` on every database; migrations make it `mediumtext` on MySQL, whose `text` ends at 65,535 bytes.
  if (dataSource.options.type !== 'better-sqlite3') {
    driver.normalizeType = (column) => (column.type === 'text' ? 'mediumtext' : normalizeType(column));
  }
  try {
    const { upQueries } = await driver.createSchemaBuilder().log();
    return upQueries.map((query) => query.query);
  } finally {
    driver.normalizeType = normalizeType;
  }
}
