import { loadBenchmarks } from '#server/datasets/catalogue.ts'
import type { Arena } from './arena.ts'

/** Settings of a run as a benchmark's definition alone sets them. */
export const madeSettings = {
  definition: { maxTokens: 32, temperature: 0 },
  endpoint: { sampling: {}, extraBody: {} },
  run: { sampling: {}, extraBody: {} },
}

export interface WrittenRun {
  /** Which of the arena's models, counted from 0. */
  model: number
  benchmark: string
  split: string
  value: number
  status?: string
  limit?: number | null
  profile?: string
  /** Examples of the split that its data held; all of them when left out. */
  examples?: number
}

/** Writes a run that has ended, as aggregation would have left it: its headline with an interval of ± 0.1. Returns its id. */
export async function writeRun({ ctx, modelIds }: Pick<Arena, 'ctx' | 'modelIds'>, run: WrittenRun): Promise<number> {
  const { model, benchmark, split, value, status = 'complete', limit = null, profile = 'official' } = run
  const size = (await loadBenchmarks()).get(benchmark)?.splits[split]?.n
  const examples = run.examples ?? limit ?? size ?? 24
  const metrics = JSON.stringify([{ name: 'headline', value, low: value - 0.1, high: value + 0.1, n: 24 }])
  const [row] = await ctx.sql<{ id: number }[]>`
    with plan as (
      insert into plans (endpoint_id, customer, state)
      select id, 'run', 'finished' from endpoints where model_id = ${modelIds[model]!} returning id
    )
    insert into runs (benchmark, benchmark_version, split, layout, data_revision, endpoint_id, model_id, plan_id,
      prompt_profile, scoring_profile, settings, "limit", endpoint_settings, code_version, fingerprint,
      examples, status, metrics, finished_at)
    select ${benchmark}, 1, ${split}, 'hub', 'r', e.id, ${modelIds[model]!}, (select id from plan), 'default',
      ${profile}, ${JSON.stringify(madeSettings)}::text::jsonb, ${limit}, '{}', '0', 'f', ${examples}, ${status}, ${metrics}::text::jsonb, clock_timestamp()
    from endpoints e where e.model_id = ${modelIds[model]!} returning id`
  return row!.id
}
