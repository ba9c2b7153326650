import { join, relative } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import {
  promptProfiles,
  scoringProfileWords,
  type Benchmark,
  type Example,
  type ImagePart,
  type Part,
} from '#benchmarks/benchmark.ts'
import { imagesOf, promptFor, styleTagOf } from '#benchmarks/prompts.ts'
import { rootDir } from '../core/config.ts'
import type { Context } from '../core/context.ts'
import { notFound } from '../core/problem.ts'
import { sentPicture, storeImage } from '../images/service.ts'
import { benchmarksDir, loadBenchmarks } from './catalogue.ts'
import { goldAsText } from './gold-text.ts'
import { readReadme } from './read-readme.ts'
import type { BenchmarkDetails, BenchmarkSummary } from './schema.ts'
import { openExamples, pullCommand, splitFolder, summarise } from './service.ts'

/** Everything about a benchmark or a variant that its folder holds. Throws not-found. */
export async function getBenchmark(ctx: Context, id: string): Promise<BenchmarkDetails> {
  const benchmark = (await loadBenchmarks()).get(id)
  if (!benchmark) throw notFound(`There is no benchmark '${id}'`)
  return describeBenchmark(ctx, benchmark, benchmarksDir)
}

/** Everything about a definition below any folder of benchmarks. */
export async function describeBenchmark(ctx: Context, benchmark: Benchmark, folder: string): Promise<BenchmarkDetails> {
  const summary = await summarise(ctx, benchmark)
  const home = benchmark.variantOf ?? benchmark.id
  const examples = await sampleExamples(ctx, benchmark, join(folder, home, 'sample'))
  return {
    ...summary,
    splits: summary.splits.map((split) => ({ ...split, ...sourceOf(ctx, benchmark, split) })),
    byHand: benchmark.byHand ?? null,
    variants: Object.entries(benchmark.variants ?? {}).map(([name, { title }]) => ({ id: `${home}_${name}`, title })),
    readme: await readReadme(join(folder, home, 'README.md')),
    subScores: benchmark.metrics.slice(1).map(({ name }) => name),
    generation: { maxTokens: benchmark.generation.maxTokens, temperature: benchmark.generation.temperature },
    styleTag: examples[0] ? styleTagOf(benchmark, examples[0]) : null,
    prompts: examples[0] ? await promptsFor(ctx, benchmark, examples[0]) : [],
    paperPrompts: await paperPrompts(ctx, benchmark, join(folder, home, 'sample')),
    scoring: scoringOf(benchmark),
    samples: await Promise.all(examples.map((example) => describeExample(ctx, example))),
  }
}

function sourceOf(ctx: Context, benchmark: Benchmark, { name }: BenchmarkSummary['splits'][number]) {
  const task = { benchmark, split: name }
  const folder = splitFolder(ctx, task)
  if (name === 'sample') return { place: relative(rootDir, folder), command: null }
  const isOnHub = name in (benchmark.hub?.splits ?? {})
  return { place: relative(ctx.config.dataDir, folder), command: isOnHub ? pullCommand(task) : null }
}

const shownSamples = 4

/** A few examples of the sample, evenly spread over it, so that its kinds are seen. */
async function sampleExamples(ctx: Context, benchmark: Benchmark, folder: string): Promise<Example[]> {
  const sample = benchmark.splits.sample
  if (!sample) return []
  const chosen: Example[] = []
  let index = 0
  const { examples } = await openExamples(ctx, { benchmark, split: 'sample' }, folder)
  for await (const example of examples()) {
    if (index++ * shownSamples >= chosen.length * sample.n) chosen.push(example)
    if (chosen.length === shownSamples) break
  }
  return chosen
}

/** The default first; a profile that sends what another sends stands beside it. */
async function promptsFor(ctx: Context, benchmark: Benchmark, example: Example): Promise<BenchmarkDetails['prompts']> {
  const shown: BenchmarkDetails['prompts'] = []
  for (const profile of promptProfiles) {
    const prompt = benchmark.prompts[profile]
    if (!prompt) continue
    const parts = await Promise.all(prompt(example).map((part) => describePart(ctx, part)))
    const same = shown.find((other) => JSON.stringify(other.parts) === JSON.stringify(parts))
    if (same) same.profiles.push(profile)
    else shown.push({ profiles: [profile], parts })
  }
  return shown
}

/** One for each style tag that occurs in the sample: the form of a prompt follows its tag. */
async function paperPrompts(
  ctx: Context,
  benchmark: Benchmark,
  folder: string,
): Promise<BenchmarkDetails['paperPrompts']> {
  if (!benchmark.splits['sample'] || !benchmark.prompts.molmo) return []
  const shown: BenchmarkDetails['paperPrompts'] = []
  const { examples } = await openExamples(ctx, { benchmark, split: 'sample' }, folder)
  for await (const example of examples()) {
    const styleTag = styleTagOf(benchmark, example)
    if (shown.some((other) => other.styleTag === styleTag)) continue
    const plain = promptFor(benchmark, example, { profile: 'molmo', styleTag: false })
    const tagged = promptFor(benchmark, example, { profile: 'molmo', styleTag: true })
    const describe = (parts: Part[]) => Promise.all(parts.map((part) => describePart(ctx, part)))
    shown.push({ styleTag, asked: false, parts: await describe(plain) })
    if (!isDeepStrictEqual(plain, tagged)) shown.push({ styleTag, asked: true, parts: await describe(tagged) })
  }
  return shown
}

async function describePart(ctx: Context, part: Part) {
  return typeof part === 'string' ? { kind: 'text' as const, text: part } : describePicture(ctx, part)
}

/** Keeps a picture as a run would, so that its page can show it. */
async function describePicture(ctx: Context, part: ImagePart) {
  const { sha256, width, height } = await storeImage(ctx, await sentPicture(part, part.bytes), part.source)
  return { kind: 'image' as const, sha256, width, height }
}

async function describeExample(ctx: Context, example: Example): Promise<BenchmarkDetails['samples'][number]> {
  const { id, question, choices = null, gold, tags } = example
  const pictures = await Promise.all(imagesOf(example).map((part) => describePicture(ctx, part)))
  return { id, question, choices, gold: goldAsText(gold), tags, pictures }
}

function scoringOf({ scorers }: Benchmark): BenchmarkDetails['scoring'] {
  const profiles = Object.keys(scorers) as (keyof typeof scoringProfileWords)[]
  return profiles.map((profile) => {
    return { profile, words: scoringProfileWords[profile], needsJudge: scorers[profile]?.needsJudge !== undefined }
  })
}
