import { coloursIn } from './colours.ts'
import { capitalised, choiceShort, type Findings } from '../findings.ts'
import type { Picture } from './picture.ts'
import { atPlace, placeInWords } from './places.ts'
import type { Question } from '../question.ts'
import type { Blob } from './raster.ts'

const pointsNamed = 60
const pointsDescribed = 12

/**
 * Answers by naming places: patches that stand out from the background, or those of the colours that the question
 * names, written in Molmo's point format (percent of width and height, one decimal; top-down, then left to right).
 */
export function answerWithPoints(question: Question, pictures: Picture[]): Promise<Findings> {
  const [picture] = pictures
  const blobs = picture ? wantedBlobs(question, picture) : []
  const short = shortAnswer(question, blobs)
  return Promise.resolve({ short, sentences: sentencesFor(question, blobs, short), facts: factsOf(blobs) })
}

/** Points as Molmo writes them; one takes the singular tag, none is the sentence "There are none." */
function writePoints(places: { x: number; y: number }[], label: string): string {
  const text = label.replaceAll(/[<>&"]/g, ' ').trim()
  const [first] = places
  if (!first) return 'There are none.'
  if (places.length === 1)
    return `<point x="${first.x.toFixed(1)}" y="${first.y.toFixed(1)}" alt="${text}">${text}</point>`
  const pairs = places.map(({ x, y }, index) => `x${index + 1}="${x.toFixed(1)}" y${index + 1}="${y.toFixed(1)}"`)
  return `<points ${pairs.join(' ')} alt="${text}">${text}</points>`
}

function wantedBlobs(question: Question, picture: Picture): Blob[] {
  const wanted = coloursIn(question.ask)
  // In a photograph everything touches, so patches of one colour say more than what stands out as a whole.
  const things = picture.background.flat > 0.25 ? picture.standouts : picture.patches.slice(0, 12)
  const found = wanted.length > 0 ? picture.patches.filter((patch) => wanted.includes(patch.colour)) : things
  const rowOf = (blob: Blob) => Math.round(blob.y / 5)
  return found.slice(0, pointsNamed).sort((a, b) => rowOf(a) - rowOf(b) || a.x - b.x)
}

function shortAnswer(question: Question, blobs: Blob[]): string {
  switch (question.kind) {
    case 'choice': {
      const count = question.choices.find(({ text }) => text.trim() === String(blobs.length))
      const largest = largestOf(blobs)
      const coloured = question.choices.find(({ text }) => largest && coloursIn(text).includes(largest.colour))
      return choiceShort(count ?? coloured ?? question.choices.at(-1)!)
    }
    case 'count':
    case 'number':
      return String(blobs.length)
    case 'yes-no':
      return blobs.length > 0 ? 'Yes' : 'No'
    case 'colour':
      return largestOf(blobs)?.colour ?? 'none'
    case 'point':
    case 'text':
    case 'describe':
    case 'create':
    case 'open': {
      const largest = largestOf(blobs)
      return largest ? placeInWords(largest.x, largest.y) : 'nothing'
    }
  }
}

function sentencesFor(question: Question, blobs: Blob[], short: string): string[] {
  const { kind, subject } = question
  if (kind === 'count')
    return blobs.length === 0
      ? ['There are none.']
      : [`Counting the ${writePoints(blobs, subject)} shows a total of ${blobs.length}.`]
  if (kind === 'point') return [writePoints(blobs, subject)]
  if (blobs.length === 0)
    return kind === 'yes-no' ? ['No.', 'There are none.'] : ['Nothing here stands out from its surroundings.']
  const largest = largestOf(blobs)!
  const where = `The largest is ${largest.colour} and lies ${atPlace(largest.x, largest.y)}: ${writePoints([largest], `largest ${largest.colour} area`)}.`
  switch (kind) {
    case 'choice':
      return [`My pick is ${short}.`, where]
    case 'yes-no':
      return [`Yes, see ${writePoints([largest], 'here')}.`]
    case 'colour':
      return [`${capitalised(short)}: look at ${writePoints([largest], 'this place')}.`]
    case 'create':
      return [
        `Begin at ${writePoints([largest], 'this place')},`,
        `rest on the ${largest.colour} for a while,`,
        `and let ${blobs.length === 1 ? 'it' : `the other ${blobs.length - 1}`} find you.`,
      ]
    case 'number':
    case 'text':
    case 'describe':
    case 'open':
      return blobs.length === 1
        ? [`One part stands out. ${where}`]
        : [`${blobs.length} parts stand out: ${writePoints(blobs.slice(0, pointsDescribed), 'parts')}.`, where]
  }
}

function factsOf(blobs: Blob[]): Findings['facts'] {
  if (blobs.length === 0) return [['Found', 'There are none.']]
  return [...blobs]
    .sort((a, b) => b.area - a.area)
    .slice(0, 8)
    .map((blob) => [
      capitalised(blob.colour),
      `${placeInWords(blob.x, blob.y)}, ${writePoints([blob], `${blob.colour} area`)}`,
    ])
}

function largestOf(blobs: Blob[]): Blob | undefined {
  return blobs.reduce<Blob | undefined>((best, blob) => (best && best.area >= blob.area ? best : blob), undefined)
}
