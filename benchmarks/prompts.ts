import type { Benchmark, Example, ImagePart, Part, Prompt, PromptProfile } from './benchmark.ts'
import { letterOf } from './scoring/choice/multiple-choice.ts'

/**
 * What is sent for an example: the prompt of the profile, else the default one, and before its text the task tag where
 * it is asked for.
 */
export function promptFor<Gold>(
  benchmark: Pick<Benchmark<unknown, Gold>, 'prompts' | 'style'>,
  example: Example<Gold>,
  { profile, styleTag }: { profile: 'default' | PromptProfile; styleTag: boolean },
): Part[] {
  const parts = (benchmark.prompts[profile] ?? benchmark.prompts.default)(example)
  return styleTag ? withStyleTag(parts, styleTagOf(benchmark, example)) : parts
}

/** The task tag of an example, without the colon. */
export function styleTagOf<Gold>({ style }: Pick<Benchmark<unknown, Gold>, 'style'>, example: Example<Gold>): string {
  return typeof style === 'string' ? style : style(example)
}

/**
 * The task tag before the first text, as Molmo was trained: `chart_qa: How many …`. A text that already begins with the
 * tag, or with a longer one such as `ai2_diagram_no_letter`, is left as it is.
 */
function withStyleTag(parts: Part[], tag: string): Part[] {
  const first = parts.findIndex((part) => typeof part === 'string')
  return parts.map((part, index) =>
    index === first && typeof part === 'string' && !part.startsWith(tag) ? `${tag}: ${part}` : part,
  )
}

/** The pictures of an example, in order. */
export function imagesOf({ parts }: Example): ImagePart[] {
  return parts.filter((part) => typeof part !== 'string')
}

/** The pictures, then the question as it is. */
export function asked<Gold>(): Prompt<Gold> {
  return (example) => [...imagesOf(example), example.question]
}

/** The pictures, then the question followed by an instruction on a line of its own. */
export function withInstruction<Gold>(instruction: string): Prompt<Gold> {
  return (example) => [...imagesOf(example), `${example.question}\n${instruction}`]
}

/** The pictures, then the question preceded by the task tag that some models were trained on. */
export function styled<Gold>(style: string): Prompt<Gold> {
  return (example) => [...imagesOf(example), `${style}: ${example.question}`]
}

/** Options as a prompt writes them, each with its letter. */
export function lettered(choices: readonly string[], write: (letter: string, choice: string) => string): string {
  return choices.map((choice, index) => write(letterOf(index), choice)).join('')
}

/** A multiple-choice question as Molmo was trained on it. */
export function molmoChoice(style: string, question: string, choices: readonly string[]): string {
  return `${style}: ${question}\n${lettered(choices, (letter, choice) => `${letter}: ${choice}\n`)}`
}

/** A multiple-choice question as VLMEvalKit asks it; the space before the last line break is its own. */
export function vlmevalkitChoice(question: string, choices: readonly string[]): string {
  const options = lettered(choices, (letter, choice) => `${letter}. ${choice}\n`)
  return `Question: ${question}\nOptions:\n${options}Please select the correct answer from the options above. \n`
}

/** Text with each picture in the place of its marker, as often as the marker occurs; pictures without one go first. */
export function interleaved(text: string, images: ImagePart[]): Part[] {
  const byMarker = new Map(images.map((image) => [image.marker, image]))
  const pieces = text.split(/(<image \d+>)/).map((piece): Part => byMarker.get(piece) ?? piece)
  return [
    ...images.filter(({ marker }) => !marker || !text.includes(marker)),
    ...pieces.filter((piece) => piece !== ''),
  ]
}
