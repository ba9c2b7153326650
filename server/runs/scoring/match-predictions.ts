import type { Example } from '#benchmarks/benchmark.ts'
import { imagesOf } from '#benchmarks/prompts.ts'
import { InputError } from '#server/core/problem.ts'
import type { Task } from '#server/datasets/catalogue.ts'
import type { FoundPrediction } from '#server/formats/predictions/prediction-forms.ts'
import type { PredictionFile } from '#server/formats/predictions/read-predictions.ts'

/** An example with the response that a file of predictions has for it. */
interface Answered {
  example: Example
  response: string
  /** What a judge found in the response, where the file says. */
  extraction?: string
}

/** Predictions of a split, and what of their file belongs elsewhere. */
interface Belonging {
  file: PredictionFile
  /** By the name of another split of the same benchmark, how many predictions the file has for it. */
  elsewhere: Record<string, number>
}

/**
 * Leaves out of a file what it says to be of another split of the benchmark, by its column `split` or by ids that begin
 * with the split's name: VLMEvalKit answers MMMU's dev and val in one table. A sample is no split that a file could name.
 */
export function ofSplit(file: PredictionFile, { benchmark, split }: Pick<Task, 'benchmark' | 'split'>): Belonging {
  const names = Object.keys(benchmark.splits).filter((name) => name !== 'sample')
  if (split === 'sample') return { file, elsewhere: {} }
  const elsewhere: Record<string, number> = {}
  const predictions = file.predictions.filter((prediction) => {
    const named = splitNamedBy(prediction, names)
    if (named === undefined || named === split) return true
    elsewhere[named] = (elsewhere[named] ?? 0) + 1
    return false
  })
  return { file: { ...file, predictions }, elsewhere }
}

/** Which of the splits a prediction says it is of: `val`, `validation`, `test_human`, `dev_Art_1`. The longest name that fits. */
function splitNamedBy({ split, id }: FoundPrediction, names: string[]): string | undefined {
  const said = (split ?? id ?? '')
    .toLowerCase()
    .replace(/^validation/, 'val')
    .replace('test-dev', 'testdev')
  const fits = names.filter((name) => said.startsWith(name) && /^(?:$|[_-])/.test(said.slice(name.length)))
  return fits.sort((a, b) => b.length - a.length)[0]
}

/**
 * Pairs the examples of a split with the predictions of a file, in the order of the data. A caller may rely on no pair
 * before the end: only then are missing, extra and repeated ids known, and answers to other questions, and thrown as an
 * InputError. Rows are paired by place only where the file names its examples in no other way.
 */
export async function* matchPredictions(
  file: PredictionFile,
  examples: AsyncIterable<Example>,
  wanted: string,
): AsyncGenerator<Answered> {
  let index: PredictionIndex | undefined
  const missing: string[] = []
  const others: OtherQuestion[] = []
  let place = 0
  for await (const example of examples) {
    index ??= indexPredictions(file.predictions, example)
    const found = index.take(example, place++)
    if (!found) missing.push(example.id)
    else {
      if (!isAsked(example, found)) others.push({ id: example.id, asked: found.asked ?? '', here: example.question })
      const { response, extraction } = found
      yield { example, response, ...(extraction === undefined ? {} : { extraction }) }
    }
  }
  const [first] = others
  if (first)
    throw new InputError(
      `${file.name} answers other questions than ${wanted} asks, or the same in another order: ${listed(
        others.length === 1 ? 'differs' : 'differ',
        others.map(({ id }) => id),
      )}. For example ${first.id} it was asked “${excerpt(first.asked)}”, here “${excerpt(first.here)}”. Nothing was scored or written; name with --data the data it was made from.`,
    )
  const faults = [
    listed('missing', missing),
    listed('extra', index?.left() ?? []),
    listed('given more than once', index?.repeated ?? []),
  ].filter((words) => words !== '')
  if (faults.length > 0)
    throw new InputError(
      `${file.name} does not fit ${wanted}, id by id: ${faults.join('; ')}. Nothing was scored or written; give each example one prediction.`,
    )
}

/** Whether nothing but their order says which example the predictions of a file belong to. */
export function pairedByPlaceAlone({ predictions }: PredictionFile): boolean {
  return predictions.every(({ id, picture, asked }) => id === undefined && !picture && !asked) && predictions.length > 0
}

interface OtherQuestion {
  id: string
  asked: string
  here: string
}

interface PredictionIndex {
  take(example: Example, place: number): FoundPrediction | undefined
  /** Names of those that no example took. */
  left(): string[]
  repeated: string[]
}

/**
 * By pictures with their questions where the file names these; by ids where it has any of its own, or where the first
 * example is among its indices; by places else.
 */
function indexPredictions(predictions: FoundPrediction[], first: Example): PredictionIndex {
  const byPicture = predictions.some(({ picture }) => picture !== undefined)
  const idOf = ({ id, index }: FoundPrediction) => id ?? (index === undefined ? undefined : String(index))
  const byId =
    !byPicture &&
    (predictions.some(({ id }) => id !== undefined) || predictions.some((prediction) => idOf(prediction) === first.id))
  const lowest = predictions.reduce((low, { index }) => Math.min(low, index ?? Infinity), Infinity)
  const nameOf = (prediction: FoundPrediction, row: number) => {
    const { place, index, picture } = prediction
    if (byPicture) return picture ? pictureName(picture.fileName, picture.question) : `row ${row} without a picture`
    if (byId) return idOf(prediction) ?? `row ${row} without an id`
    return String(place ?? (index === undefined ? `row ${row}` : index - lowest))
  }
  const exampleName = (example: Example, place: number) => {
    if (byPicture) return pictureName(imagesOf(example)[0]?.path ?? '', example.question)
    return byId ? example.id : String(place)
  }
  // A chart may be asked the same question twice, and an id may not.
  const [given, wanted] = [numbered(byPicture), numbered(byPicture)]
  const byName = new Map<string, FoundPrediction>()
  const repeated: string[] = []
  for (const [row, prediction] of predictions.entries()) {
    const name = given(nameOf(prediction, row))
    if (byName.has(name)) repeated.push(name)
    else byName.set(name, prediction)
  }
  return {
    repeated,
    left: () => [...byName.keys()],
    take(example, place) {
      const name = wanted(exampleName(example, place))
      const found = byName.get(name)
      byName.delete(name)
      return found
    },
  }
}

function pictureName(path: string, question: string): string {
  return `${path.slice(path.lastIndexOf('/') + 1)} “${question}”`
}

/** The second use of a name becomes another one, if names may be used again. */
function numbered(mayRepeat: boolean): (name: string) => string {
  const uses = new Map<string, number>()
  return (name) => {
    if (!mayRepeat) return name
    const use = (uses.get(name) ?? 0) + 1
    uses.set(name, use)
    return use === 1 ? name : `${name} (${use})`
  }
}

/** Whether a prediction was asked what the example asks, as far as its file says. */
function isAsked({ question, wordings = {} }: Example, { asked }: FoundPrediction): boolean {
  const heard = bare(asked ?? '')
  if (heard === '') return true
  return [question, ...Object.values(wordings)].map(bare).some((q) => heard.includes(q) || q.includes(heard))
}

/** A question without what tools change in it: letter case, widths, white space and the markers of pictures. */
const bare = (text: string) =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/<image(?: \d+)?>/g, '')
    .replace(/\s+/g, '')

const excerpt = (text: string) => (text.length > 60 ? `${text.slice(0, 60)}…` : text)

const listedIds = 10

/** "12 missing (1, 2, 3 …)": at most ten ids, then how many more; nothing for none. */
export function listed(what: string, ids: string[]): string {
  if (ids.length === 0) return ''
  const rest = ids.length > listedIds ? ` and ${ids.length - listedIds} more` : ''
  return `${ids.length} ${what} (${ids.slice(0, listedIds).join(', ')}${rest})`
}
