import type { z } from 'zod'
import type { Question, Scorer } from './scoring/scorer.ts'

export type { Mark, NeedsJudge, Question, Scorer } from './scoring/scorer.ts'

/** A picture as the data set holds it; `path` is the name it had there. `overlays` are drawn on it before it is sent. */
export interface ImagePart {
  kind: 'image'
  bytes: Uint8Array
  path: string | null
  overlays?: Overlay[]
}

/** A box with a letter, in pixels of the picture, as AI2D needs. */
export interface Overlay {
  box: [left: number, top: number, right: number, bottom: number]
  text: string
  style: 'opaque' | 'transparent'
}

export type Part = string | ImagePart

/** One question with its images and gold answer. `gold: null` means withheld: its prediction goes to a submission file. */
export interface Example<Gold = unknown> extends Question<Gold> {
  parts: Part[]
}

export type PromptProfile = 'molmo' | 'vlmevalkit' | 'lmms_eval'
export type ScoringProfile = 'molmo' | 'vlmevalkit' | 'lmms_eval' | 'lenient' | 'no_judge'

/** The parts to send, in order; images are those of the example. */
export type Prompt<Gold = unknown> = (example: Example<Gold>) => Part[]

/** A number over the predictions of a run; the first metric of a benchmark is its headline. */
export interface Metric {
  name: string
  /** `mean` averages marks; `group-mean` averages the means of the groups that `by` names; `count` counts. */
  kind: 'mean' | 'group-mean'
  /** Only predictions that carry this tag. */
  tag?: string
  /** A value of `Mark.also` instead of `Mark.value`. */
  of?: string
  /** Prefix of the tags that form the groups of a `group-mean`, as in `count:`. */
  by?: string
}

/** Files of one split, handed to a layout by `datasets`; reading is streaming and capped. */
export interface DataFiles {
  /** Paths relative to the data set's root, sorted. */
  names: string[]
  parquet(name: string, columns?: string[]): AsyncIterable<Record<string, unknown>>
  json(name: string): Promise<unknown>
  bytes(name: string): Promise<Uint8Array>
}

export interface Layout<Row = unknown> {
  name: string
  /** A row that does not fit stops the load and says where. */
  row: z.ZodType<Row>
  rows(files: DataFiles, split: string): AsyncIterable<unknown>
}

/** The whole contract of a benchmark: the engine needs nothing else, so a further one is one folder. */
export interface Benchmark<Row = unknown, Gold = unknown> {
  id: string
  /** Raised whenever a published number could move. */
  version: number
  title: string
  /** arXiv id or DOI. */
  paper: string
  /** Licence of the data. */
  licence: string
  /** Task tag that some models were trained on; the endpoint's profile decides to send it. */
  style: string
  splits: Record<string, { n: number; gold: 'public' | 'withheld'; published?: true }>
  layouts: Layout<Row>[]
  toExample(row: Row, index: number): Example<Gold>
  prompts: { default: Prompt<Gold> } & Partial<Record<PromptProfile, Prompt<Gold>>>
  scorers: { official: Scorer<Gold> } & Partial<Record<ScoringProfile, Scorer<Gold>>>
  generation: { maxTokens: number; temperature: number; stop?: string[] }
  metrics: [headline: Metric, ...others: Metric[]]
}

/** Types a definition without repeating its row and gold types. */
export function defineBenchmark<Row, Gold>(benchmark: Benchmark<Row, Gold>): Benchmark<Row, Gold> {
  return benchmark
}

/** The mean of marks, in percent when shown. */
export function mean(name: string, of: { tag?: string; of?: string } = {}): Metric {
  return { name, kind: 'mean', ...of }
}

/** The example's own parts, followed by an instruction on a line of its own. */
export function withInstruction<Gold>(instruction: string): Prompt<Gold> {
  return ({ parts, question }) => [...parts.filter((part) => typeof part !== 'string'), `${question}\n${instruction}`]
}

/** The example's own parts, its text preceded by the task tag that some models were trained on. */
export function styled<Gold>(style: string): Prompt<Gold> {
  return ({ parts, question }) => [...parts.filter((part) => typeof part !== 'string'), `${style}: ${question}`]
}
