import { randomInt } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { readConfig, type Config } from './config.ts'
import { asSystem, type Context } from './context.ts'
import { openDatabase } from './postgres/database.ts'
import { createEgress } from './egress.ts'
import { createJobs } from './jobs.ts'
import { jsonLog, sentenceLog } from './terminal/log.ts'
import { patient } from './postgres/patience.ts'
import { StartError } from './problem.ts'

/** A context with everything opened, and the way to close it again. */
export interface Program {
  context: Context
  /** Where the data lies, for people; never a password. */
  where: string
  /** Whether the database is reached through a pooler. */
  pooled: boolean
  close(): Promise<void>
}

/** Opens database, job queue and egress as the environment says. Throws StartError with one sentence when something is in the way. */
export async function openProgram(
  config: Config = readConfig(),
  log: Context['log'] = jsonLog(config.logLevel),
): Promise<Program> {
  makeDataFolder(config.dataDir)
  const { databaseUrl, directUrl, dataDir } = config
  const database = await openDatabase({ databaseUrl, directUrl, dataDir })
  const jobs = createJobs(database.bossConnection, log)
  const egress = createEgress(config)
  const context = asSystem({
    config,
    db: database.db,
    sql: database.sql,
    jobs,
    egress,
    log,
    now: Date.now,
    random: unguessable,
  })
  return {
    context,
    where: database.where,
    pooled: database.pooled,
    async close() {
      await jobs.stop()
      await egress.close()
      await database.close()
    },
  }
}

/**
 * Runs one command with an open program, which is closed again whatever happens. Outages of the database are waited for,
 * and said; once `ending` is aborted, for two seconds more.
 */
export async function withContext<Result>(
  work: (context: Context) => Promise<Result>,
  ending?: AbortSignal,
): Promise<Result> {
  const config = readConfig()
  const program = await openProgram(config, sentenceLog(config.logLevel))
  try {
    return await work(patient(program.context, ending))
  } finally {
    await program.close()
  }
}

/** Sides and pairs are drawn with it: a rater who has seen many draws still cannot predict the next. */
const unguessable = () => randomInt(2 ** 47) / 2 ** 47

function makeDataFolder(dataDir: string) {
  try {
    mkdirSync(dataDir, { recursive: true })
  } catch (cause) {
    throw new StartError(
      `The data folder ${dataDir} cannot be made (${(cause as Error).message}). Set ARENA_DATA to a folder that can be written to.`,
      { cause },
    )
  }
}
