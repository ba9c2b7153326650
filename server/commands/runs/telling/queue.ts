import { Command, Option } from 'commander'
import type { Context } from '#server/core/context.ts'
import { printable } from '#server/core/printable.ts'
import { withContext } from '#server/core/program.ts'
import { moveRun } from '#server/runs/queue/move-run.ts'
import { readQueue } from '#server/runs/queue/read-queue.ts'
import { MovedRun, type EndpointQueue, type QueueEntry } from '#server/runs/queue/schema.ts'
import { alignColumns } from '../../align-columns.ts'
import { readRunNumber } from '../run-number.ts'

/** `arena runs queue`: what every endpoint is still to be asked, in order. */
export function queueCommand(): Command {
  return new Command('queue')
    .description('what runs and what waits at every endpoint, in order: why, and until when')
    .option('--json', 'print it as JSON', false)
    .action(({ json }: { json: boolean }) => withContext((ctx) => tell(ctx, json)))
}

/** `arena runs move`: another turn in the queue of its endpoint. */
export function moveCommand(): Command {
  return new Command('move')
    .description('let a run have its turn earlier or later among those of its endpoint')
    .argument('<run>')
    .addOption(new Option('--to <place>', 'where to').choices(MovedRun.shape.to.options).makeOptionMandatory())
    .action((run: string, { to }: MovedRun) =>
      withContext(async (ctx) => {
        await moveRun(ctx, readRunNumber(run), { to })
        await tell(ctx, false)
      }),
    )
}

async function tell(ctx: Context, json: boolean): Promise<void> {
  const queues = await readQueue(ctx)
  if (json) return console.log(JSON.stringify(queues, null, 2))
  if (queues.length === 0) return console.log('Nothing runs and nothing waits. Start a run: npx arena run --help')
  console.log(queues.map(tableOf).join('\n\n'))
}

const headings = ['', 'run', 'model', 'benchmark', 'state', 'done', 'begins', 'ends', 'why']

function tableOf({ endpoint, entries }: EndpointQueue): string {
  const lines = entries.map((entry, index) => [
    String(index + 1),
    entry.run === null ? '–' : String(entry.run),
    entry.model,
    nameOf(entry),
    entry.state,
    `${entry.done} of ${entry.total}`,
    clock(entry.startsAt),
    clock(entry.endsAt),
    entry.why === null
      ? ''
      : printable(`${entry.why}${entry.until ? `, until ${clock(entry.until)}` : ''}`).slice(0, 200),
  ])
  return `${endpoint.name}, ${endpoint.atOnce} at once\n${alignColumns([headings, ...lines])}`
}

function nameOf({ what, benchmark }: QueueEntry): string {
  if (benchmark === null) return what === 'categories' ? 'categories of a pool' : 'answers for a study'
  return what === 'judge' ? `${benchmark}, its judge` : benchmark
}

/** The day and time on this machine, the day only where it is not today. */
function clock(moment: string | null): string {
  if (moment === null) return '–'
  const then = new Date(moment)
  const time = then.toTimeString().slice(0, 8)
  return then.toDateString() === new Date().toDateString() ? time : `${then.toLocaleDateString('sv-SE')} ${time}`
}
