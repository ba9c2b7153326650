import { coloursIn, nameColour, type ColourName } from './colours.ts'
import { capitalised, choiceShort, inWords, type Findings } from '../findings.ts'
import type { Picture } from './picture.ts'
import { atPlace, placeInWords } from './places.ts'
import type { Question } from '../question.ts'
import { pixel, type Blob } from './raster.ts'

/** Answers from what can be measured: colours and their shares, brightness, edges, layout, and patches of one colour. */
export function answerFromColours(question: Question, pictures: Picture[]): Promise<Findings> {
  const [picture] = pictures
  if (!picture) return Promise.resolve(nothingToMeasure)
  const measured = measure(picture)
  const short = shortAnswer(question, measured)
  return Promise.resolve({ short, sentences: sentencesFor(question, measured, short), facts: factsOf(measured) })
}

const nothingToMeasure: Findings = {
  short: 'no picture',
  sentences: ['There is no picture here to measure, so I have no colours to report.'],
  facts: [['Picture', 'none']],
}

interface Measured {
  /** Colours by their share of the picture, largest first. */
  shares: [ColourName, number][]
  background: ColourName
  /** The main colour of the top, middle and bottom third. */
  thirds: [ColourName, ColourName, ColourName]
  /** Mean luma of Rec. 709, 0 to 1. */
  brightness: number
  /** Share of pixels with a strong step to their right or below. */
  edges: number
  patches: Blob[]
  shape: 'wide' | 'tall' | 'square'
}

function measure({ raster, background, patches, width, height }: Picture): Measured {
  const pixels = Array.from({ length: raster.width * raster.height }, (_, at) => pixel(raster, at))
  const names = pixels.map(([r, g, b]) => nameColour(r, g, b))
  const luma = pixels.map(([r, g, b]) => (0.2126 * r + 0.7152 * g + 0.0722 * b) / 255)
  const third = Math.ceil(names.length / 3)
  const steps = luma.filter((value, at) => {
    const right = (at + 1) % raster.width === 0 ? value : luma[at + 1]!
    return Math.abs(value - right) > 0.12 || Math.abs(value - (luma[at + raster.width] ?? value)) > 0.12
  })
  const main = (part: ColourName[]) => sharesOf(part)[0]?.[0] ?? nameColour(...background.rgb)
  return {
    shares: sharesOf(names),
    background: nameColour(...background.rgb),
    thirds: [main(names.slice(0, third)), main(names.slice(third, 2 * third)), main(names.slice(2 * third))],
    brightness: luma.reduce((sum, value) => sum + value, 0) / luma.length,
    edges: steps.length / luma.length,
    patches,
    shape: width > height * 1.15 ? 'wide' : height > width * 1.15 ? 'tall' : 'square',
  }
}

function sharesOf(names: ColourName[]): [ColourName, number][] {
  const counts = new Map<ColourName, number>()
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1)
  return [...counts]
    .map(([name, count]): [ColourName, number] => [name, count / names.length])
    .sort((a, b) => b[1] - a[1])
}

function shortAnswer(question: Question, measured: Measured): string {
  switch (question.kind) {
    case 'choice':
      return choiceShort(bestChoice(question, measured))
    case 'count':
    case 'number':
      return String(countFor(question, measured))
    case 'yes-no':
      return yesNo(question, measured) ? 'Yes' : 'No'
    case 'colour':
      return asksForBackground(question) ? measured.background : subjectColour(measured)
    case 'point':
      return measured.patches[0] ? placeInWords(measured.patches[0].x, measured.patches[0].y) : 'nowhere'
    case 'text':
    case 'describe':
    case 'create':
    case 'open':
      return subjectColour(measured)
  }
}

/** A choice that names a colour wins by that colour's share; one that is a number wins if it is the count of patches. */
function bestChoice(question: Question, measured: Measured): Question['choices'][number] {
  const shareOf = (name: ColourName) => measured.shares.find(([colour]) => colour === name)?.[1] ?? 0
  const colourless = shareOf('black') + shareOf('white') + shareOf('grey') > 0.97
  const score = (text: string) => {
    if (/black[- ]and[- ]white|monochrome|gr[ae]yscale/i.test(text)) return colourless ? 2 : -1
    if (/\bcolou?r(ed|ful)?$/i.test(text)) return colourless ? -1 : 1
    const colours = coloursIn(text)
    if (colours.length > 0)
      return Math.max(...colours.map(shareOf)) + (colours.includes(subjectColour(measured)) ? 1 : 0)
    const lower = text.toLowerCase()
    if (lower === String(measured.patches.length)) return 1
    const tone = /\b(dark|night|dim)\b/.test(lower)
      ? 1 - measured.brightness
      : /\b(bright|light|day)\b/.test(lower)
        ? measured.brightness
        : 0
    return tone
  }
  return question.choices.reduce((best, choice) => (score(choice.text) > score(best.text) ? choice : best))
}

function countFor(question: Question, { patches, shares }: Measured): number {
  if (/\bcolou?rs\b/i.test(question.ask)) return shares.filter(([, share]) => share > 0.01).length
  const wanted = coloursIn(question.ask)
  return patches.filter((patch) => wanted.length === 0 || wanted.includes(patch.colour)).length
}

function yesNo(question: Question, { shares, brightness, edges, background }: Measured): boolean {
  const wanted = coloursIn(question.ask)
  if (wanted.length > 0 && asksForBackground(question)) return wanted.includes(background)
  if (wanted.length > 0)
    return wanted.every((name) => shares.some(([colour, share]) => colour === name && share > 0.005))
  if (/\b(dark|night|dim)\b/i.test(question.ask)) return brightness < 0.4
  if (/\b(bright|day|daytime|sunny|light)\b/i.test(question.ask)) return brightness >= 0.5
  if (/\b(busy|crowded|cluttered|detailed)\b/i.test(question.ask)) return edges > 0.15
  return shares.filter(([, share]) => share > 0.03).length > 3
}

function asksForBackground(question: Question): boolean {
  return /\b(background|backdrop)\b/i.test(question.ask)
}

/** The colour of the largest patch; the background's where nothing stands out. */
function subjectColour({ patches, background }: Measured): ColourName {
  return patches[0]?.colour ?? background
}

function sentencesFor(question: Question, measured: Measured, short: string): string[] {
  const colours = measured.shares.filter(([, share]) => share > 0.02).slice(0, 4)
  const overview = `By area it is mostly ${inWords(colours.map(([name, share]) => `${name} (${percent(share)})`))}.`
  switch (question.kind) {
    case 'choice':
      return [`Judging by colour and brightness alone, the best fit is ${short}.`, overview]
    case 'count':
      return [
        `I count ${short} separate ${coloursIn(question.ask).join(' or ')} patches that differ from the ${measured.background} background.`.replace(
          '  ',
          ' ',
        ),
        overview,
      ]
    case 'yes-no':
      return [`${short}, as far as the colours tell.`, overview]
    case 'colour':
      return [`${capitalised(short)} is the colour I would name.`, overview]
    case 'number':
    case 'text':
      return [
        `Words and figures are beyond what I can measure here; I see ${measured.patches.length} coloured patches on ${measured.background}.`,
        overview,
      ]
    case 'create':
      return [
        `${capitalised(measured.thirds[0])} above, where the light comes in,`,
        `${measured.thirds[1]} across the middle, ${measured.edges > 0.1 ? 'restless and full of edges' : 'quiet and wide'},`,
        `and ${measured.thirds[2]} below to hold it all.`,
      ]
    case 'point':
    case 'describe':
    case 'open':
      return [overview, layoutInWords(measured), patchesInWords(measured)]
  }
}

function layoutInWords({ thirds: [top, middle, bottom], brightness, edges, shape }: Measured): string {
  const tone = brightness > 0.7 ? 'bright' : brightness < 0.35 ? 'dark' : 'evenly lit'
  const detail =
    edges > 0.2 ? 'full of fine edges' : edges > 0.06 ? 'with a moderate number of edges' : 'smooth, with few edges'
  const bands =
    top === middle && middle === bottom
      ? `${top} from top to bottom`
      : `${top} at the top, ${middle} in the middle and ${bottom} at the bottom`
  return `This ${shape} picture is ${tone} and ${detail}: ${bands}.`
}

function patchesInWords({ patches, background }: Measured): string {
  if (patches.length === 0) return `Nothing stands out clearly from the ${background} background.`
  const named = patches.slice(0, 3).map((patch) => `${patch.colour} ${atPlace(patch.x, patch.y)}`)
  return `Of ${patches.length} distinct ${patches.length === 1 ? 'patch' : 'patches'}, the most prominent ${named.length === 1 ? 'is' : 'are'} ${inWords(named)}.`
}

function factsOf(measured: Measured): Findings['facts'] {
  return [
    ...measured.shares
      .filter(([, share]) => share > 0.02)
      .slice(0, 5)
      .map(([name, share]): [string, string] => [capitalised(name), `${percent(share)} of the picture`]),
    ['Background', measured.background],
    ['Brightness', percent(measured.brightness)],
    ['Edges', percent(measured.edges)],
    ['Distinct patches', String(measured.patches.length)],
    ['Format', measured.shape],
  ]
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`
}
