import { Command, Option } from 'commander'
import { z } from 'zod'
import { decideReport } from '#server/battles/reports/decide-report.ts'
import { listReports, readWaiting } from '#server/battles/reports/reports.ts'
import { LeaveOut, ReportDecision, ReportOutcome } from '#server/battles/reports/schema.ts'
import { readReportEffect } from '#server/boards/effects/read-report-effect.ts'
import type { Context } from '#server/core/context.ts'
import { printable } from '#server/core/printable.ts'
import { InputError } from '#server/core/problem.ts'
import { withContext } from '#server/core/program.ts'
import { decideAnswers, listHeld } from '#server/responses/held-answers.ts'
import type { AnswerDecision } from '#server/responses/schema.ts'
import { alignColumns } from '../align-columns.ts'

const mostShown = 200
const longestWords = 100

/** `arena queue`: answers that were held and reports of raters, which wait for a person. */
export function queueCommand(): Command {
  const command = new Command('queue').description('decide on held answers and on what raters report')
  command
    .command('list')
    .description('what waits in a study, the oldest first')
    .argument('<study>', 'the study, as its address names it')
    .option('--dropped', 'answers that were dropped instead', false)
    .action((study: string, { dropped }: { dropped: boolean }) => withContext((ctx) => list(ctx, study, dropped)))
  command.addCommand(verbCommand('release', 'let raters be shown held answers'))
  command.addCommand(verbCommand('drop', 'never show held answers'))
  command.addCommand(verbCommand('hold', 'hold dropped answers again'))
  command
    .command('decide')
    .description('close a report, or open it again')
    .argument('<report>', 'its id, as `queue list` shows it')
    .addOption(
      new Option('--outcome <what>', 'what is done about it')
        .choices([...ReportOutcome.options, 'reopen'])
        .makeOptionMandatory(),
    )
    .addOption(
      new Option(
        '--leave-out <votes>',
        'votes that count no more: what its rater said of these answers, all on the answer that is held, all on the query',
      ).choices(LeaveOut.options),
    )
    .option('--yes', 'with votes that change: do it, after what it does to the board was said', false)
    .action((report: string, options: DecideOptions) => withContext((ctx) => decide(ctx, report, options)))
  return command
}

function verbCommand(verb: AnswerDecision['decision'], does: string): Command {
  return new Command(verb)
    .description(does)
    .argument('<study>', 'the study, as its address names it')
    .argument('[answers...]', 'their ids, as `queue list` shows them')
    .option('--all', 'all that wait', false)
    .option('--reason <text>', 'with --all: those held for this reason only')
    .action((study: string, ids: string[], options: { all: boolean; reason?: string }) =>
      withContext((ctx) => change(ctx, study, verb, whichOf(ids, options))),
    )
}

function whichOf(ids: string[], { all, reason }: { all: boolean; reason?: string }): AnswerDecision['which'] {
  if (all !== (ids.length === 0)) throw new InputError('Name answers by their ids, or give --all.')
  if (all) return { all: true, ...(reason === undefined ? {} : { reason }) }
  return { ids: ids.map(readId) }
}

function readId(text: string): string {
  if (z.uuid().safeParse(text).success) return text
  throw new InputError(`'${text}' is no id: npx arena queue list STUDY shows them.`)
}

async function list(ctx: Context, study: string, dropped: boolean): Promise<void> {
  const waiting = await readWaiting(ctx, study)
  console.log(`Waiting: ${waiting.held} held, ${waiting.reports} reported.`)
  const { answers, next } = await listHeld(ctx, study, { state: dropped ? 'dropped' : 'held', limit: mostShown })
  const held = answers.map(({ id, model, query, reason, text }) => [
    id,
    model.name,
    query.key,
    short(reason),
    short(text),
  ])
  if (held.length > 0) console.log(alignColumns([['answer', 'model', 'query', 'reason', 'text'], ...held]))
  if (next) console.log(`… the first ${mostShown} of them`)
  if (dropped) return
  const { reports } = await listReports(ctx, study, { state: 'open', limit: mostShown })
  const lines = reports.map(({ id, reason, note, query, votes }) => [
    id,
    reason,
    query.key,
    String(votes.query),
    short(note),
  ])
  if (lines.length > 0) console.log(alignColumns([['report', 'reason', 'query', 'votes', 'note'], ...lines]))
}

const short = (text: string) => (text.length > longestWords ? `${text.slice(0, longestWords)}…` : text)

async function change(
  ctx: Context,
  study: string,
  decision: AnswerDecision['decision'],
  which: AnswerDecision['which'],
): Promise<void> {
  const { changed } = await decideAnswers(ctx, study, { decision, which })
  const done = { release: 'released', drop: 'dropped', hold: 'held again' }[decision]
  console.log(`${changed} ${changed === 1 ? 'answer' : 'answers'} ${done}.`)
}

interface DecideOptions {
  outcome: ReportOutcome | 'reopen'
  leaveOut?: LeaveOut
  yes: boolean
}

async function decide(ctx: Context, name: string, { outcome, leaveOut, yes }: DecideOptions): Promise<void> {
  const report = readId(name)
  const read = ReportDecision.safeParse({ decision: outcome === 'reopen' ? null : outcome, leaveOut })
  if (!read.success) throw new InputError(`--leave-out ${leaveOut}: ${read.error.issues[0]!.message}.`)
  const { votes, sentences } = await readReportEffect(ctx, report, read.data)
  if (leaveOut !== undefined || votes > 0) for (const sentence of sentences) console.log(printable(sentence))
  if (votes > 0 && !yes) throw new InputError('Nothing was changed. Say --yes to decide so.')
  await decideReport(ctx, report, read.data)
  console.log(outcome === 'reopen' ? 'Open again.' : 'Closed.')
}
