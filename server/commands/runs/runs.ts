import { Command } from 'commander'
import type { Context } from '#server/core/context.ts'
import { InputError, Problem } from '#server/core/problem.ts'
import { withContext } from '#server/core/program.ts'
import { exitCodes } from '#server/core/terminal/exit.ts'
import { deleteRun } from '#server/runs/changes/delete-run.ts'
import { finaliseRun, restoreRun, withdrawRun } from '#server/runs/changes/standing.ts'
import { getRun, listRuns } from '#server/runs/read-runs.ts'
import { WithdrawnRun, type RunSummary } from '#server/runs/schema.ts'
import { cancelRun, pauseRun } from '#server/runs/service.ts'
import { alignColumns } from '../align-columns.ts'
import { read } from '../read-options.ts'
import { moveCommand, queueCommand } from './telling/queue.ts'
import { readRunNumber } from './run-number.ts'
import { exitCodeHelp, report } from './telling/report-runs.ts'
import { metricCells } from './telling/run-table.ts'

/** `arena runs`: what was run, and what becomes of it. `arena run` begins one, `arena resume` goes on with one. */
export function runsCommand(): Command {
  const command = new Command('runs').description(
    'list, queue, move, pause, cancel, accept, take off the boards and delete runs',
  )
  const verb = (name: string, does: string) => command.command(name).description(does).argument('<runs...>')
  command.addCommand(listCommand())
  command.addCommand(queueCommand())
  command.addCommand(moveCommand())
  command
    .command('show')
    .description('the table of one run, what waits and what failed')
    .argument('<run>')
    .option('--json', 'print it as JSON', false)
    .addHelpText('after', exitCodeHelp)
    .action((run: string, { json }: { json: boolean }) =>
      withContext(async (ctx) => report([await getRun(ctx, readRunNumber(run))], { json })),
    )
  verb('pause', 'make no further call; `arena resume` goes on').action((runs: string[]) =>
    each(runs, pauseRun, 'is paused; go on with: npx arena resume ID'),
  )
  confirmed(verb('cancel', 'end runs for good; what was answered is kept'), 'Cancelled runs cannot go on', (runs) =>
    each(runs, cancelRun, 'is cancelled.'),
  )
  verb('finalise', 'accept incomplete runs as they are: their scores stand on boards').action((runs: string[]) =>
    each(runs, finaliseRun, 'is accepted as it is.'),
  )
  verb('withdraw', 'take runs off every board; they are kept')
    .requiredOption('--reason <words>', 'why, as the page of the run says it')
    .action((runs: string[], options: { reason: string }) => {
      const why = read(WithdrawnRun, options)
      return each(runs, (ctx, id) => withdrawRun(ctx, id, why), 'is off the boards.')
    })
  verb('restore', 'put runs back on the boards').action((runs: string[]) =>
    each(runs, restoreRun, 'is back on the boards.'),
  )
  confirmed(
    verb('delete', 'delete runs that are over, with their examples and replies'),
    'Deleted runs are gone for good, with every reply',
    (runs) => each(runs, deleteRun, 'is deleted.'),
  )
  return command
}

/** A verb that does nothing until it is told to with --yes. */
function confirmed(command: Command, what: string, act: (runs: string[]) => Promise<void>): void {
  command.option('--yes', 'do it', false).action((runs: string[], { yes }: { yes: boolean }) => {
    if (!yes) throw new InputError(`${what}: ${runs.join(', ')}. Say --yes to do it.`)
    return act(runs)
  })
}

/** Does the same to each run; one that refuses holds up no other, and makes the command end with 1. */
async function each(runs: string[], act: (ctx: Context, id: number) => Promise<void>, done: string): Promise<void> {
  const ids = runs.map(readRunNumber)
  await withContext(async (ctx) => {
    for (const id of ids) {
      try {
        await act(ctx, id)
        console.log(`Run ${id} ${done.replace('ID', String(id))}`)
      } catch (error) {
        if (!(error instanceof Problem)) throw error
        console.error(`Run ${id}: ${error.message}`)
        process.exitCode = exitCodes.fault
      }
    }
  })
}

interface ListOptions {
  model?: string
  benchmark?: string
  going: boolean
  json: boolean
}

function listCommand(): Command {
  return new Command('list')
    .description('the newest 500 runs, newest first')
    .option('--model <name>', 'of this model alone, by its name or that in addresses')
    .option('--benchmark <id>', 'of this benchmark alone')
    .option('--going', 'those alone that are not over', false)
    .option('--json', 'print it as JSON', false)
    .action((options: ListOptions) => withContext((ctx) => list(ctx, options)))
}

async function list(ctx: Context, options: ListOptions): Promise<void> {
  const runs = (await listRuns(ctx)).filter((run) => isWanted(run, options))
  if (options.json) return console.log(JSON.stringify(runs, null, 2))
  if (runs.length === 0) return console.log('No such run: npx arena run --help')
  console.log(alignColumns([['run', 'model', 'benchmark', 'split', 'state', 'score', 'done'], ...runs.map(lineOf)]))
}

function isWanted({ model, benchmark, status }: RunSummary, wanted: ListOptions): boolean {
  return (
    (wanted.model === undefined || wanted.model === model.name || wanted.model === model.slug) &&
    (wanted.benchmark === undefined || wanted.benchmark === benchmark.id) &&
    (!wanted.going || ['preparing', 'running', 'paused'].includes(status))
  )
}

function lineOf({ id, model, benchmark, split, status, headline, counts, examples, withdrawn }: RunSummary): string[] {
  return [
    String(id),
    model.name,
    benchmark.id,
    split,
    withdrawn ? `${status}, off the boards` : status,
    metricCells(headline)[1],
    `${examples - counts.pending} of ${examples}`,
  ]
}
