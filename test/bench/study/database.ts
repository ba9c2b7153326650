import { openDatabase, type OpenDatabase } from '#server/core/postgres/database.ts'
import type { StudyFolder } from './plan.ts'

/** Works on the database of the study, beside its server. */
export async function withDatabase<Result>(
  { env }: StudyFolder,
  work: (database: OpenDatabase) => Promise<Result>,
): Promise<Result> {
  const { DATABASE_URL: databaseUrl } = process.env
  const database = await openDatabase({ databaseUrl, dataDir: env['ARENA_DATA']!, migrate: false, poolSize: 4 })
  try {
    return await work(database)
  } finally {
    await database.close()
  }
}

/** Rows and bytes of tables, indexes and what is stored aside included, a line each. */
export function databaseSize(folder: StudyFolder, tables: string[]): Promise<string[]> {
  return withDatabase(folder, async ({ sql }) => {
    const lines: string[] = []
    for (const table of tables) {
      const [row] = await sql<{ rows: number; bytes: number }[]>`
        select count(*)::int as rows, pg_total_relation_size(${table}::regclass)::float8 as bytes from ${sql(table)}`
      const { rows, bytes } = row!
      lines.push(`${table}: ${rows} rows, ${(bytes / 1e6).toFixed(1)} MB, ${(bytes / rows).toFixed(0)} bytes each`)
    }
    return lines
  })
}
