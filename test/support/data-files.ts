import type {
  Benchmark,
  DataFiles,
  Example,
  ImagePart,
  Part,
  PromptProfile,
  ScoringProfile,
} from '#benchmarks/benchmark.ts'

/** Bytes that stand for a picture; definitions never look into one. */
export const png = Uint8Array.of(0x89, 0x50, 0x4e, 0x47)
export const hubPicture = { bytes: png, path: 'picture.png' }

/** Files of a data set, in memory: parquet as rows, JSON as values, everything else as bytes; linked pictures by hash. */
export function dataFiles(contents: Record<string, unknown>): DataFiles {
  const names = Object.keys(contents).sort()
  const bytes = (name: string) => Promise.resolve(contents[name] as Uint8Array)
  return {
    names,
    async *parquet(name, columns) {
      for (const row of contents[name] as Record<string, unknown>[]) {
        yield columns ? Object.fromEntries(columns.map((column) => [column, row[column]])) : row
      }
    },
    json: (name) => Promise.resolve(contents[name]),
    async *items(name, key) {
      const whole = contents[name] as unknown
      yield* (key === undefined ? whole : (whole as Record<string, unknown>)[key]) as unknown[]
    },
    bytes,
    async picture(fileName) {
      const path = names.find((name) => name === fileName || name.endsWith(`/${fileName}`))
      if (path === undefined) throw new Error(`no ${fileName}`)
      return { bytes: await bytes(path), path }
    },
    linked: ({ sha256 }) => Promise.resolve((contents[sha256] as Uint8Array | undefined) ?? null),
  }
}

/** The examples that a layout finds in such files. */
export async function examplesOf<Row, Gold>(
  benchmark: Pick<Benchmark<Row, Gold>, 'layouts' | 'toExample'>,
  layoutName: string,
  contents: Record<string, unknown>,
  split: string,
): Promise<Example<Gold>[]> {
  const layout = benchmark.layouts.find(({ name }) => name === layoutName)!
  const examples: Example<Gold>[] = []
  for await (const row of layout.rows(dataFiles(contents), split)) {
    examples.push(benchmark.toExample(layout.row.parse(row), examples.length))
  }
  return examples
}

/** What a prompt profile sends, pictures as the name they had or their marker. */
export function sentBy<Row, Gold>(
  benchmark: Benchmark<Row, Gold>,
  profile: 'default' | PromptProfile,
  example: Example<Gold>,
): string[] {
  return benchmark.prompts[profile]!(example).map((part: Part) => (typeof part === 'string' ? part : nameOf(part)))
}

function nameOf({ marker, path }: ImagePart): string {
  return `[${marker ?? path ?? 'picture'}]`
}

/** The mark of a response under a scoring profile; 0 where nothing was found in it, null where only a judge could tell. */
export function markOf<Row, Gold>(
  benchmark: Benchmark<Row, Gold>,
  profile: 'official' | ScoringProfile,
  example: Example<Gold>,
  response: string,
): number | null {
  const scorer = benchmark.scorers[profile]!
  const answer = scorer.extract(response, example)
  if (answer === null) return scorer.unparsed?.(example).value ?? 0
  return typeof answer === 'string' ? scorer.score(answer, example).value : null
}

/** The columns that a row misses or has wrong, as the loader names them. */
export function faultsOf<Row, Gold>(benchmark: Benchmark<Row, Gold>, layoutName: string, row: unknown): string[] {
  const { error } = benchmark.layouts.find(({ name }) => name === layoutName)!.row.safeParse(row)
  return (error?.issues ?? []).map(({ path }) => path.join('.'))
}
