import type { Benchmark, Example } from '#benchmarks/benchmark.ts'
import { imagesOf, promptFor } from '#benchmarks/prompts.ts'
import type { Context } from '#server/core/context.ts'
import { fraction, orNull, rowsOf, whole } from '#server/core/postgres/rows.ts'
import { openExamples } from '#server/datasets/service.ts'
import { mergeSettings } from '#server/endpoints/sampling.ts'
import { costOf } from '#server/calls/spending/cost.ts'
import { bytesOfPicture } from '#server/datasets/unread-picture.ts'
import { readImageHeader } from '#server/formats/image-header.ts'
import type { RunSettings } from '../create-run.ts'
import { endpointOf } from '../endpoint-settings.ts'
import { runSettings } from '../run-settings.ts'
import type { CostEstimate } from '../schema.ts'

const sampled = 40
/** Replies of an endpoint to a benchmark from which on they say more than a guess. */
const enoughReplies = 20
const charactersPerToken = 4
/** A picture takes about its pixels / 750 tokens, as Anthropic documents, and providers shrink what would take more. */
const pixelsPerToken = 750
const mostPictureTokens = 1_600
/** Of a short answer. */
const fewestAnswerTokens = 5

/**
 * What a run would cost, before anything is asked: from the sizes of its first examples, or, where the same endpoint has
 * answered the benchmark before, from the tokens that it counted then. Null costs: no price is known.
 */
export async function estimateCost(ctx: Context, settings: RunSettings): Promise<CostEstimate> {
  const { benchmark, split } = settings.task
  const endpoint = await endpointOf(ctx, settings.endpointId)
  const own = { sampling: settings.sampling ?? {}, extraBody: settings.extraBody ?? {} }
  const { sampling } = mergeSettings(runSettings(benchmark, endpoint, own).settings)
  const all = benchmark.splits[split]?.n ?? 0
  const calls = Math.min(settings.limit ?? Infinity, all)
  const known = await earlierTokens(ctx, endpoint.id, benchmark)
  const prompts = known ? null : await promptTokens(ctx, settings)
  const each = known ?? {
    in: (prompts?.tokens ?? 0) + (sampling.system?.length ?? 0) / charactersPerToken,
    outLow: fewestAnswerTokens,
    outHigh: sampling.maxTokens,
  }
  const cost = (out: number) =>
    costOf(endpoint.price, { tokensIn: each.in * calls, tokensOut: out * calls, tokensCached: null })
  return {
    calls,
    tokensIn: Math.round(each.in * calls),
    tokensOut: { low: Math.round(each.outLow * calls), high: Math.round(each.outHigh * calls) },
    cost: { low: cost(each.outLow), high: cost(each.outHigh) },
    from: known ? `${known.replies} earlier replies of this endpoint` : `the sizes of ${prompts?.count ?? 0} examples`,
    price: endpoint.price,
  }
}

async function earlierTokens(ctx: Context, endpointId: string, { id }: Benchmark) {
  const shape = { replies: whole, tokensIn: orNull(fraction), low: orNull(fraction), high: orNull(fraction) }
  const [row] = await rowsOf(ctx, shape)`
    select count(*) as replies, avg(b.tokens_in)::float8 as "tokensIn", avg(b.tokens_out)::float8 as low,
      (avg(b.tokens_out) + 2 * coalesce(stddev_samp(b.tokens_out), 0) / sqrt(greatest(count(*), 1)))::float8 as high
    from runs r join calls c on c.plan_id = r.plan_id join replies b on b.call_id = c.id
    where r.endpoint_id = ${endpointId} and r.benchmark = ${id} and b.tokens_in is not null`
  if (!row || row.replies < enoughReplies) return null
  return { replies: row.replies, in: row.tokensIn ?? 0, outLow: row.low ?? 0, outHigh: row.high ?? 0 }
}

/** Tokens of one prompt, on average over the first examples, and how many those are. */
async function promptTokens(ctx: Context, { task, dataPath, promptProfile = 'default' }: RunSettings) {
  const { examples } = await openExamples(ctx, task, dataPath)
  let tokens = 0
  let count = 0
  for await (const example of examples()) {
    tokens += await tokensOf(task.benchmark, example, promptProfile)
    if (++count === sampled) break
  }
  return { tokens: tokens / Math.max(1, count), count }
}

async function tokensOf(benchmark: Benchmark, example: Example, profile: NonNullable<RunSettings['promptProfile']>) {
  const parts = promptFor(benchmark, example, { profile, styleTag: false })
  const characters = parts.reduce((sum, part) => sum + (typeof part === 'string' ? part.length : 0), 0)
  const pictures = await Promise.all(
    imagesOf({ ...example, parts }).map(async ({ bytes }) => {
      const { width, height } = readImageHeader(await bytesOfPicture(bytes))
      return Math.min(mostPictureTokens, Math.ceil((width * height) / pixelsPerToken))
    }),
  )
  return characters / charactersPerToken + pictures.reduce((sum, size) => sum + size, 0)
}
