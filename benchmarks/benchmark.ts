import type { z } from 'zod'
import type { Question, Scorer } from './scoring/scorer.ts'

/**
 * A picture as the data set holds it; `path` is the name it had there. `overlays` are drawn on it before it is sent;
 * `marker` is the piece of the question's text, such as `<image 1>`, that refers to it. `source` is filled in when the
 * data is read: file, row and column, for error messages.
 */
export interface ImagePart {
  kind: 'image'
  bytes: Uint8Array
  path: string | null
  overlays?: Overlay[]
  marker?: string
  source?: string
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
  /** Further wordings of the question that some prompts use, by name. */
  wordings?: Record<string, string>
}

export type PromptProfile = 'molmo' | 'vlmevalkit' | 'lmms_eval'

/** Every prompt profile, in the order in which they are shown. */
export const promptProfiles: readonly ('default' | PromptProfile)[] = ['default', 'molmo', 'vlmevalkit', 'lmms_eval']

export type ScoringProfile =
  'molmo' | 'vlmevalkit' | 'lmms_eval' | 'lenient' | 'no_judge' | 'vqa_v2' | 'legacy_2023_int'

/** What each scoring profile is, in one line. */
export const scoringProfileWords: Record<'official' | ScoringProfile, string> = {
  official: 'the rule of the authors, or the nearest published one where they give none',
  molmo: 'as the evaluation code of Molmo marks',
  vlmevalkit: 'as VLMEvalKit marks without a judge',
  lmms_eval: 'as lmms-eval marks',
  lenient: 'the official rule, and where it finds no number: none and no are 0, points are counted',
  no_judge: 'the official rule with a rule in the place of the judge; what a run without a judge gets',
  vqa_v2: 'the official rule of VQA v2.0: exact where all annotators agree',
  legacy_2023_int: 'the official rule of 2023, for which 3.5 is no whole number',
}

/** The parts to send, in order; images are those of the example. */
export type Prompt<Gold = unknown> = (example: Example<Gold>) => Part[]

/** A number over the predictions of a run; the first metric of a benchmark is its headline. */
export type Metric = MarkMetric | RatioMetric

export interface MarkMetric {
  name: string
  /** `mean` averages marks, `count` adds them up; `groups` gives a mean for each group that `by` names; `group-mean` averages those means. */
  kind: 'mean' | 'count' | 'group-mean' | 'groups'
  /** Only predictions that carry this tag. */
  tag?: string
  /** A value of `Mark.also` instead of `Mark.value`. */
  of?: string
  /** Prefix of the tags that form the groups, as in `count: `. A prediction with several of them is in several groups. */
  by?: string
}

/**
 * One sum over another, as F1, precision and recall are. Both add up named further values, each times its weight; what a
 * prediction adds above the line lies between 0 and what it adds below, so the ratio lies in [0, 1].
 */
export interface RatioMetric {
  name: string
  kind: 'ratio'
  /** Only predictions that carry this tag. */
  tag?: string
  over: Record<string, number>
  under: Record<string, number>
}

/** Files of one split, handed to a layout by `datasets`; reading is streaming and capped. */
export interface DataFiles {
  /** Paths relative to the data set's root, sorted. */
  names: string[]
  parquet(name: string, columns?: string[]): AsyncIterable<Record<string, unknown>>
  json(name: string): Promise<unknown>
  /** The items of the array under a key of the outermost object, or of the outermost array, one at a time. */
  items(name: string, key?: string): AsyncIterable<unknown>
  bytes(name: string): Promise<Uint8Array>
  /** The picture at this path, else the one with this file name in whatever folder it lies. Its bytes may be read later. */
  picture(name: string): Promise<{ bytes: Uint8Array; path: string }>
  /** A picture that the data names by URL and that was fetched before; null when it is missing. */
  linked(link: Link): Promise<Uint8Array | null>
}

/** A picture that a data set does not hold but points at. */
export interface Link {
  url: string
  /** Of its bytes, in hex. */
  sha256: string
}

export interface Layout<Row = unknown> {
  name: string
  /** A row that does not fit stops the load and says where. */
  row: z.ZodType<Row>
  rows(files: DataFiles, split: string): AsyncIterable<unknown>
  /** Where the rows name pictures by URL: all of them, repeats included, for fetching before a run. */
  links?(files: DataFiles, split: string): AsyncIterable<Link>
}

/** The server that scores what cannot be scored here, on splits whose gold answers are withheld, and the file it takes. */
export interface Submission {
  /** Its name, as people know it. */
  server: string
  /** The file is an array of objects with the example's id under this key, a whole number, and a text under `answer`. */
  idKey: string
  /** By split, the file name that the server requires, if any; `<name>` is free to choose. */
  fileNames?: Record<string, string>
  /** What of a response goes into the file: under a scoring profile, else under all others. */
  answers: { default: (response: string) => string } & Partial<Record<ScoringProfile, (response: string) => string>>
  /** The scores it returns, by the names it gives them; the first is the headline. */
  scores: [headline: string, ...others: string[]]
}

/** Where a copy of the data lies on the Hugging Face hub that one of the layouts reads. */
export interface HubCopy {
  /** Owner and name there. */
  repo: string
  /** The folder that holds it where the repository has several configs; all of the repository when left out. */
  folder?: string
  /** A commit, where the definition insists on one; else the first pull takes the newest and writes it to a lock file. */
  revision: string | null
  /** The hub's own name of each of our splits that can be had there. */
  splits: Record<string, string>
}

/**
 * A benchmark's questions under another setting, addressed as `<id>_<variant>`; what it leaves out is as in the
 * benchmark.
 */
type Variant<Row, Gold> = Partial<Pick<Benchmark<Row, Gold>, 'layouts' | 'hub' | 'toExample' | 'prompts'>> & {
  title: string
}

/** The whole contract of a benchmark: the engine needs nothing else, so another benchmark is one more folder. */
export interface Benchmark<Row = unknown, Gold = unknown> {
  id: string
  /** Raised whenever a published number could move. */
  version: number
  title: string
  /** arXiv id or DOI. */
  paper: string
  /** Licence of the data. */
  licence: string
  /**
   * Task tag that Molmo was trained on, one for all examples or one for each; sent before the prompt to an endpoint
   * that asks for it.
   */
  style: string | ((example: Example<Gold>) => string)
  splits: Record<string, { n: number; gold: 'public' | 'withheld'; published?: true }>
  layouts: Layout<Row>[]
  hub?: HubCopy
  /** Where a person finds the authors' own files that the hub does not have, as a sentence. */
  byHand?: string
  toExample(row: Row, index: number): Example<Gold>
  prompts: { default: Prompt<Gold> } & Partial<Record<PromptProfile, Prompt<Gold>>>
  scorers: { official: Scorer<Gold> } & Partial<Record<ScoringProfile, Scorer<Gold>>>
  generation: { maxTokens: number; temperature: number; stop?: string[] }
  metrics: [headline: Metric, ...others: Metric[]]
  submission?: Submission
  variants?: Record<string, Variant<Row, Gold>>
  /** Filled in by the catalogue where this is a variant: the benchmark whose data it reads. */
  variantOf?: string
}

/** Types a definition without repeating its row and gold types. */
export function defineBenchmark<Row, Gold>(benchmark: Benchmark<Row, Gold>): Benchmark<Row, Gold> {
  return benchmark
}
