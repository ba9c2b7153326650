import { z } from 'zod'
import type { Context } from '../core/context.ts'
import { rowsOf, whole, words } from '../core/postgres/rows.ts'
import type { PairedScores } from './figures/paired-scores.ts'
import type { LeftOut } from './schema.ts'

/** Scores of the examples that two runs share, and what of these is left out. */
export interface ReadPairs {
  scores: PairedScores
  /** Each list of tags that occurs, and which of them an example has. */
  tagLists: string[][]
  tagsOf: Int32Array
  leftOut: LeftOut
}

const Tags = z.array(z.string())

/**
 * Pairs of scores in the order of A's data: of examples that both runs were sent in the same words with the same pictures
 * and that have a score in both. One statement whose columns come as text, since a run may have hundreds of thousands.
 * A picture is known by the first 64 bits of its hash, an example without one is by itself.
 */
export async function readPairs(ctx: Context, a: number, b: number): Promise<ReadPairs> {
  const shape = { ofA: whole, ofB: whole, shared: whole, same: whole, a: words, b: words, pictures: words, tags: words }
  const [row] = await rowsOf(ctx, shape)`
    select (select count(*)::int from predictions where run_id = ${a}) as "ofA",
      (select count(*)::int from predictions where run_id = ${b}) as "ofB",
      count(*)::int as shared, (count(*) filter (where same))::int as same,
      coalesce(string_agg(a::text, ' ') filter (where same and scored), '') as a,
      coalesce(string_agg(b::text, ' ') filter (where same and scored), '') as b,
      coalesce(string_agg(picture, E'\\n') filter (where same and scored), '') as pictures,
      coalesce(string_agg(tags, E'\\n') filter (where same and scored), '') as tags
    from (
      select a.score as a, b.score as b, a.score is not null and b.score is not null as scored, a.prompt = b.prompt as same,
        coalesce(left(jsonb_path_query_first(a.prompt, '$[*].imageSha256') #>> '{}', 16), to_json(a.example_id)::text)
          as picture,
        a.tags::text as tags
      from predictions a join predictions b on b.run_id = ${b} and b.example_id = a.example_id
      where a.run_id = ${a} order by a.position
    ) as pairs`
  const { ofA, ofB, shared, same } = row!
  const [scoresA, scoresB] = [numbersOf(row!.a), numbersOf(row!.b)]
  const tags = numbered(linesOf(row!.tags))
  return {
    scores: { a: scoresA, b: scoresB, cluster: numbered(linesOf(row!.pictures)).numbers },
    tagLists: tags.names.map((text) => Tags.parse(JSON.parse(text))),
    tagsOf: tags.numbers,
    leftOut: {
      onlyA: ofA - shared,
      onlyB: ofB - shared,
      unscored: same - scoresA.length,
      otherPrompt: shared - same,
    },
  }
}

const numbersOf = (text: string) => (text === '' ? new Float64Array(0) : Float64Array.from(text.split(' '), Number))
const linesOf = (text: string) => (text === '' ? [] : text.split('\n'))

/** Texts numbered as they come, the same one always alike. */
function numbered(texts: string[]): { numbers: Int32Array; names: string[] } {
  const known = new Map<string, number>()
  const numbers = new Int32Array(texts.length)
  for (let k = 0; k < texts.length; k++) {
    const text = texts[k]!
    let number = known.get(text)
    if (number === undefined) known.set(text, (number = known.size))
    numbers[k] = number
  }
  return { numbers, names: [...known.keys()] }
}
