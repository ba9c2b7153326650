import type { Benchmark, Example, ImagePart } from '#benchmarks/benchmark.ts'
import { promptFor } from '#benchmarks/prompts.ts'
import type { predictions, StoredPart } from '#drizzle/schema/runs.ts'
import { InputError } from '#server/core/problem.ts'
import { storable } from '#server/core/storable.ts'
import { bytesOfPicture, UnreadPicture } from '#server/datasets/unread-picture.ts'
import type { UnusableRow } from '#server/datasets/service.ts'
import { readImageHeader } from '#server/formats/image-header.ts'
import type { NewPicture } from '#server/images/keep-pictures.ts'
import { pictureHash, sentPicture } from '#server/images/service.ts'
import type { StoredRun } from '../stored-run.ts'

/** What a run keeps of an example beside its id and position. */
type QuestionColumns = Required<
  Pick<typeof predictions.$inferInsert, 'question' | 'choices' | 'tags' | 'gold' | 'prompt' | 'fault'>
>

export interface ReadQuestion {
  columns: QuestionColumns
  /** The pictures of the prompt, which it names by their hash. */
  pictures: NewPicture[]
}

/** An example as a run keeps it, with the prompt as it is sent. What cannot be used of the data becomes its fault, in words. */
export async function readQuestion(
  run: Pick<StoredRun, 'promptProfile' | 'endpointSettings'>,
  benchmark: Benchmark,
  example: Example | UnusableRow,
): Promise<ReadQuestion> {
  if ('unusable' in example) {
    const { id: question, unusable: fault } = example
    return { columns: storable({ question, choices: null, tags: [], gold: null, prompt: [], fault }), pictures: [] }
  }
  const { question, choices = null, tags, gold } = example
  try {
    const { prompt, pictures } = await readPrompt(run, benchmark, example)
    return { columns: storable({ question, choices, tags, gold, prompt, fault: null }), pictures }
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    return { columns: storable({ question, choices, tags, gold, prompt: [], fault: error.message }), pictures: [] }
  }
}

async function readPrompt(
  run: Pick<StoredRun, 'promptProfile' | 'endpointSettings'>,
  benchmark: Benchmark,
  example: Example,
) {
  const styleTag = run.endpointSettings['sendsStyleTag'] === true
  const prompt: StoredPart[] = []
  const pictures: NewPicture[] = []
  for (const part of promptFor(benchmark, example, { profile: run.promptProfile, styleTag })) {
    if (typeof part === 'string') prompt.push({ text: part })
    else {
      const picture = await readPicture(part)
      pictures.push(picture)
      prompt.push({ imageSha256: picture.sha256 })
    }
  }
  return { prompt, pictures }
}

async function readPicture(part: ImagePart): Promise<NewPicture> {
  const original = await bytesOfPicture(part.bytes)
  const bytes = await sentPicture(part, original)
  const unaltered = bytes === original && part.bytes instanceof UnreadPicture
  const file = unaltered ? (part.bytes as UnreadPicture).file : null
  return { ...readImageHeader(bytes, part.source), sha256: pictureHash(bytes), bytes, file }
}
