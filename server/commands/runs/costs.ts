import { Command } from 'commander'
import { dollars } from '#server/calls/spending/cost.ts'
import type { Context } from '#server/core/context.ts'
import { withContext } from '#server/core/program.ts'
import { listCosts } from '#server/runs/spending/cost-table.ts'
import { alignColumns } from '../align-columns.ts'

/** `arena costs`: what runs have cost, by model and benchmark. */
export function costsCommand(): Command {
  return new Command('costs')
    .description('what runs have cost, by model and benchmark')
    .option('--json', 'print it as JSON', false)
    .action(({ json }: { json: boolean }) => withContext((ctx) => costs(ctx, json)))
}

async function costs(ctx: Context, json: boolean): Promise<void> {
  const lines = await listCosts(ctx)
  if (json) return console.log(JSON.stringify(lines, null, 2))
  if (lines.length === 0) return console.log('Nothing was run yet: npx arena run --help')
  const total = lines.reduce((sum, { spent }) => sum + spent, 0)
  const headings = ['model', 'benchmark', 'runs', 'cost', 'tokens in', 'cached', 'tokens out', 'thinking']
  console.log(
    alignColumns([
      headings,
      ...lines.map((line) => [
        line.model,
        line.benchmark,
        String(line.runs),
        dollars(line.spent),
        ...[line.tokensIn, line.tokensCached, line.tokensOut, line.tokensThinking].map((n) =>
          n.toLocaleString('en-US'),
        ),
      ]),
      ['all', '', String(lines.reduce((sum, { runs }) => sum + runs, 0)), dollars(total), '', '', '', ''],
    ]),
  )
}
