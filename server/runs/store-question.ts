import type { Benchmark, Example, Part } from '#benchmarks/benchmark.ts'
import { promptFor } from '#benchmarks/prompts.ts'
import type { predictions, StoredPart } from '#drizzle/schema/runs.ts'
import type { Context } from '../core/context.ts'
import { storable } from '../core/storable.ts'
import { sentPicture, storeImage } from '../images/service.ts'
import type { StoredRun } from './stored-run.ts'

type Columns = Pick<typeof predictions.$inferInsert, 'question' | 'choices' | 'tags' | 'gold' | 'prompt'>

/** An example as a run keeps it: the prompt as it is sent, its pictures under their hash. */
export async function storeQuestion(
  ctx: Context,
  run: Pick<StoredRun, 'promptProfile' | 'endpointSettings'>,
  benchmark: Benchmark,
  example: Example,
): Promise<Columns> {
  const { question, choices = null, tags, gold } = example
  const styleTag = run.endpointSettings.sendsStyleTag === true
  const prompt = promptFor(benchmark, example, { profile: run.promptProfile, styleTag })
  return storable({ question, choices, tags, gold, prompt: await storeParts(ctx, prompt) })
}

async function storeParts(ctx: Context, parts: Part[]): Promise<StoredPart[]> {
  return Promise.all(
    parts.map(async (part) =>
      typeof part === 'string'
        ? { text: part }
        : { imageSha256: (await storeImage(ctx, await sentPicture(part), part.source)).sha256 },
    ),
  )
}
