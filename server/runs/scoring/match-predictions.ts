import type { Example } from '#benchmarks/benchmark.ts'
import { imagesOf } from '#benchmarks/prompts.ts'
import { InputError } from '#server/core/problem.ts'
import type { FoundPrediction } from '#server/formats/prediction-forms.ts'
import type { PredictionFile } from '#server/formats/predictions.ts'

/** An example with the response that a file of predictions has for it. */
interface Answered {
  example: Example
  response: string
}

/**
 * Pairs the examples of a split with the predictions of a file, in the order of the data. A caller may rely on no pair
 * before the end: only then are missing, extra and repeated ids known, and thrown as an InputError.
 */
export async function* matchPredictions(
  file: PredictionFile,
  examples: AsyncIterable<Example>,
  wanted: string,
): AsyncGenerator<Answered> {
  let index: PredictionIndex | undefined
  const missing: string[] = []
  const asked = { same: 0, other: 0, first: '' }
  let place = 0
  for await (const example of examples) {
    index ??= indexPredictions(file.predictions, example)
    const found = index.take(example, place++)
    if (!found) missing.push(example.id)
    else {
      compareQuestions(asked, example, found)
      yield { example, response: found.response }
    }
  }
  if (asked.other > asked.same)
    throw new InputError(
      `${file.name} answers other questions than ${wanted} asks, or the same in another order: ${asked.first}. Name with --data the data it was made from.`,
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

interface PredictionIndex {
  take(example: Example, place: number): FoundPrediction | undefined
  /** Names of those that no example took. */
  left(): string[]
  repeated: string[]
}

/** Ids where the first example is among them, else places, else pictures with their questions. */
function indexPredictions(predictions: FoundPrediction[], first: Example): PredictionIndex {
  const byPicture = predictions[0]?.picture !== undefined
  const byId = !byPicture && predictions.some(({ id }) => id === first.id)
  const lowest = predictions.reduce((low, { index }) => Math.min(low, index ?? 0), 1)
  const placed = predictions.some(({ place, index }) => place !== undefined || index !== undefined)
  const nameOf = ({ id, place, index, picture }: FoundPrediction) => {
    if (picture) return pictureName(picture.fileName, picture.question)
    if (byId || !placed) return id ?? ''
    return String(place ?? (index === undefined ? '' : index - lowest))
  }
  const exampleName = (example: Example, place: number) => {
    if (byPicture) return pictureName(imagesOf(example)[0]?.path ?? '', example.question)
    return byId || !placed ? example.id : String(place)
  }
  // A chart may be asked the same question twice, and an id may not.
  const [given, wanted] = [numbered(byPicture), numbered(byPicture)]
  const byName = new Map<string, FoundPrediction>()
  const repeated: string[] = []
  for (const prediction of predictions) {
    const name = given(nameOf(prediction))
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

function compareQuestions(
  tally: { same: number; other: number; first: string },
  { id, question, wordings = {} }: Example,
  { asked }: FoundPrediction,
): void {
  if (asked === undefined || asked === '') return
  const heard = bare(asked)
  const same = [question, ...Object.values(wordings)].map(bare).some((q) => heard.includes(q) || q.includes(heard))
  if (same) tally.same++
  else if (tally.other++ === 0)
    tally.first = `for example ${id} it was asked “${excerpt(asked)}”, here “${excerpt(question)}”`
}

/** A question without what tools change in it: letter case, white space and the markers of pictures. */
const bare = (text: string) =>
  text
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
