import { Command } from 'commander'
import type { Context } from '#server/core/context.ts'
import { withContext } from '#server/core/program.ts'
import { listQueries, readFacets } from '#server/queries/read-queries.ts'
import type { Query } from '#server/queries/schema.ts'
import { alignColumns } from '../align-columns.ts'
import { readFilter, withFilter, type ChoosingOptions } from './chosen.ts'

interface ListOptions extends ChoosingOptions {
  json?: boolean
  counts?: boolean
}

/** `arena queries list`. */
export function listCommand(): Command {
  return withFilter(new Command('list').description('the queries of a pool, the newest first'))
    .option('--json', 'one JSON object a line, with all that is known')
    .option('--counts', 'instead, how many queries have which category, language, licence, source and state')
    .action((pool: string, options: ListOptions) =>
      withContext((ctx) => (options.counts ? counts(ctx, pool) : list(ctx, pool, options))),
    )
}

const pageSize = 200

async function list(ctx: Context, pool: string, { json, ...options }: ListOptions): Promise<void> {
  const filter = readFilter(options)
  let after: number | undefined
  do {
    const page = await listQueries(ctx, pool, { ...filter, limit: pageSize, after })
    if (json) for (const query of page.queries) console.log(JSON.stringify(query))
    else if (page.total === 0) console.log('No such query.')
    else console.log(alignColumns(page.queries.map(cellsOf)))
    after = page.next ?? undefined
  } while (after !== undefined)
}

function cellsOf({ key, state, category, proposal, language, licence, question }: Query): string[] {
  const line = question.replaceAll(/\s+/g, ' ')
  const short = line.length > 60 ? `${line.slice(0, 59)}…` : line
  const categories = proposal ? `${category}, ${proposal.category} proposed` : category
  return [key, state.replace('_', ' '), categories, language, licence, short]
}

async function counts(ctx: Context, pool: string): Promise<void> {
  const facets = await readFacets(ctx, pool)
  const lines = Object.entries(facets).flatMap(([name, values]) =>
    values.map(({ value, queries }) => [name, value, String(queries)]),
  )
  console.log(alignColumns(lines))
}
