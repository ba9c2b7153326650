import { Verdict } from '#server/battles/schema.ts'
import { refreshRatings } from '#server/snapshots/refresh-ratings.ts'
import { loadBenchmarks } from '#server/datasets/catalogue.ts'
import type { Openness } from '#server/models/schema.ts'
import { QueryCategory } from '#server/queries/categories/schema.ts'
import { Random } from '#server/ratings/chance/random.ts'
import { expectedScore } from '#server/ratings/scale.ts'
import { arena, type Arena } from './arena.ts'
import type { ArenaOptions } from './make-study.ts'
import { madeSettings } from './write-run.ts'

interface MadeUpBoardOptions extends Pick<ArenaOptions, 'study'> {
  models?: number
  /** Votes of each unordered pair in each category. */
  votes?: number
  categories?: QueryCategory[]
  /** Gives most models a run of every benchmark, on the published split. */
  scores?: boolean
}

const stems = ['Aster', 'Beryl', 'Cobalt', 'Dune', 'Ember', 'Fjord', 'Garnet', 'Heron', 'Iris']
const endings = ['72B-Instruct', '7B', '1B-E', 'Pro', 'Vision-90B-chat-longer-name', '34B', '13B', '3B-mix', '8B']
const kinds: Openness[] = ['api_only', 'open_weights', 'open_distilled', 'open']

/** A name nobody bears, of the length that such names have: the first nine differ in their stem. */
const nameOf = (m: number) =>
  `${stems[m % 9]}${m >= 81 ? Math.floor(m / 81) : ''}-${endings[(Math.floor(m / 9) + m) % 9]}`

/** What votes are drawn from: the first model is the best, and 200 models lie no further apart than 27. */
const trueElo = (m: number, models: number) => 1080 - (145 * m) / Math.max(1, models - 1) + 12 * Math.sin(m * 2.4)

/**
 * An open study of made-up models (27 by default) with pair counts as votes would have left them, and its snapshots.
 * The same options always give the same board.
 */
export async function madeUpBoard(options: MadeUpBoardOptions = {}): Promise<Arena> {
  const { models = 27, votes = 45, categories = QueryCategory.options, scores = false } = options
  const names = Array.from({ length: models }, (_, m) => ({ name: nameOf(m), organisation: '' }))
  const house = await arena({ models: names, queries: 4, study: { name: 'Made-up study', ...options.study } })
  const { ctx, study, modelIds } = house
  for (const [k, kind] of kinds.entries())
    await ctx.sql`update models set openness = ${kind} where id = any(${modelIds.filter((_, m) => m % 4 === k)}::uuid[])`
  for (const [c, category] of categories.entries()) await countVotes(house, category, c, votes)
  if (scores) await addRuns(house)
  await refreshRatings(ctx, study.id, { force: true })
  return house
}

/** Every fourth pair of the weakest three is left without a vote, as in a study that goes on. */
async function countVotes({ ctx, study, modelIds }: Arena, category: QueryCategory, stream: number, votes: number) {
  const random = new Random(7, stream)
  const n = modelIds.length
  const rows = { a: [] as string[], b: [] as string[], verdict: [] as string[], votes: [] as number[] }
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++) {
      if (j >= n - 3 && (i * 3 + j) % 4 === 0) continue
      const taste = 25 * (Math.sin(i * 5 + stream) - Math.sin(j * 5 + stream))
      const p = expectedScore(trueElo(i, n) + taste, trueElo(j, n))
      const tally = { model_a: 0, model_b: 0, tie: 0, both_bad: 0, unsure: 0 }
      for (let vote = 0; vote < votes; vote++) tally[verdictOf(random, p)]++
      for (const [turned, verdict, count] of bothSides(tally)) {
        rows.a.push(modelIds[turned ? j : i]!)
        rows.b.push(modelIds[turned ? i : j]!)
        rows.verdict.push(turned ? otherSide[verdict] : verdict)
        rows.votes.push(count)
      }
    }
  }
  await ctx.sql`
    insert into pair_counts (study_id, category, model_a, model_b, verdict, votes)
    select ${study.id}, ${category}, a, b, verdict::verdict, votes
    from unnest(${rows.a}::uuid[], ${rows.b}::uuid[], ${rows.verdict}::text[], ${rows.votes}::int[]) as t (a, b, verdict, votes)`
}

const otherSide = {
  model_a: 'model_b',
  model_b: 'model_a',
  tie: 'tie',
  both_bad: 'both_bad',
  unsure: 'unsure',
} as const

/** Each model is shown as A in half of the votes, or one less. */
function bothSides(tally: Record<Verdict, number>): [turned: boolean, verdict: Verdict, count: number][] {
  return Verdict.options
    .flatMap((verdict, k): [boolean, Verdict, number][] => {
      const half = Math.floor((tally[verdict] + (k % 2)) / 2)
      return [
        [false, verdict, half],
        [true, verdict, tally[verdict] - half],
      ]
    })
    .filter(([, , count]) => count > 0)
}

function verdictOf(random: Random, p: number): Verdict {
  const kind = random.unit()
  if (kind < 0.02) return 'unsure'
  if (kind < 0.12) return 'both_bad'
  if (kind < 0.3) return 'tie'
  return random.unit() < p ? 'model_a' : 'model_b'
}

async function addRuns({ ctx, modelIds }: Arena) {
  const benchmarks = [...(await loadBenchmarks()).values()].filter(({ variantOf }) => !variantOf)
  for (const [m, modelId] of modelIds.entries()) {
    for (const [b, { id, version, splits, metrics }] of benchmarks.entries()) {
      const published = Object.entries(splits).find(([, split]) => split.published)
      if (!published || (m % 9 === 8 && b % 3 === 1)) continue
      const [split, { n }] = published
      const value = Math.min(0.97, Math.max(0.2, 0.86 - 0.011 * m - 0.02 * b + 0.04 * Math.sin(m * b + m)))
      const half = 1.96 * Math.sqrt((value * (1 - value)) / n)
      const headline = { name: metrics[0].name, value, low: value - half, high: value + half, n }
      await ctx.sql`
        insert into runs (benchmark, benchmark_version, split, layout, data_revision, endpoint_id, model_id, plan_id,
          prompt_profile, scoring_profile, settings, endpoint_settings, code_version, fingerprint, examples,
          status, metrics, finished_at)
        select ${id}, ${version}, ${split}, 'hub', 'made-up', e.id, ${modelId}, p.id, 'default', 'official',
          ${JSON.stringify(madeSettings)}::text::jsonb, '{}'::jsonb, 'made-up', 'made-up', ${n}, 'complete', ${JSON.stringify([headline])}::text::jsonb, now()
        from endpoints e join plans p on p.endpoint_id = e.id where e.model_id = ${modelId} limit 1`
    }
  }
}
