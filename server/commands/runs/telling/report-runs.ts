import { constants } from 'node:fs'
import { access, stat, writeFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { exitCodes } from '#server/core/terminal/exit.ts'
import { printable } from '#server/core/printable.ts'
import { InputError } from '#server/core/problem.ts'
import { writeNamedFile } from '#server/core/whole-file.ts'
import type { Run } from '#server/runs/schema.ts'
import { runTable, summaryTable } from './run-table.ts'

interface ReportOptions {
  json: boolean
  /** A file that the result is written to as JSON. */
  output?: string
}

export const exitCodeHelp = `
Exit codes: 0 complete; 1 incomplete (examples without an answer) or failed; 2 called wrongly; 3 paused, can be resumed;
130 interrupted, can be resumed. Of several runs the largest counts.`

/** Throws InputError where the file that a result is to be written to could not be: better said before a run than after. */
export async function refuseUnwritable(output: string): Promise<void> {
  const path = resolve(output)
  const isFolder = await stat(path)
    .then((found) => found.isDirectory())
    .catch(() => false)
  const mayWrite = await access(dirname(path), constants.W_OK)
    .then(() => true)
    .catch(() => false)
  if (isFolder || !mayWrite) {
    throw new InputError(
      `${output} cannot be written: ${isFolder ? 'it is a folder' : 'its folder is not there or not yours'}. Name another place.`,
    )
  }
}

/** Prints the tables (or JSON) of what was run and what stopped, writes the file that was asked for, and sets the exit code. */
export async function report(runs: Run[], { json, output }: ReportOptions): Promise<void> {
  const document = JSON.stringify(runs, null, 2)
  if (output) await writeNamedFile(output, (aside) => writeFile(aside, `${document}\n`))
  console.log(json ? document : runTable(runs))
  if (!json && runs.length > 1) console.log(`\n${summaryTable(runs)}`)
  for (const run of runs) {
    for (const line of json ? [] : linesOn(run)) console.log(`Run ${run.id}: ${line}`)
    const next = nextStep(run)
    if (next) console.error(next)
  }
  process.exitCode = Math.max(...runs.map(exitCodeOf))
}

/** The worst of several is the largest: interrupted, paused, incomplete, complete. */
function exitCodeOf({ status }: Run): number {
  switch (status) {
    case 'complete':
    case 'finalised':
      return exitCodes.ok
    case 'paused':
      return exitCodes.paused
    case 'running':
    case 'preparing':
      return exitCodes.interrupted
    case 'incomplete':
    case 'cancelled':
      return exitCodes.fault
  }
}

/** What a run that is not complete needs, and the command that does it. */
function nextStep(run: Run): string | undefined {
  switch (run.status) {
    case 'paused':
      return `Run ${run.id} is paused: ${printable(run.reason ?? '')}. Nothing is lost; then: npx arena resume ${run.id}`
    case 'incomplete': {
      const classes = Object.entries(run.errors).map(([name, count]) => `${count} ${name}`)
      return `Run ${run.id} has examples without an answer (${classes.join(', ')}). Ask them again: npx arena resume ${run.id}`
    }
    case 'running':
    case 'preparing':
      return `Run ${run.id} was interrupted. What is answered is kept; go on with: npx arena resume ${run.id}`
    case 'cancelled':
      return `Run ${run.id} was cancelled. Start a new one to go on.`
  }
  if (run.counts.withheld === 0) return undefined
  return `The gold answers of ${run.benchmark.id} ${run.split} are withheld; the file for their server: npx arena submission create ${run.id} --output FILE`
}

const longestSaying = 300

/** What must be known beside the scores: warnings, conditions, and what failed on the way. */
function linesOn(run: Run): string[] {
  const failed = run.failedAttempts.map(({ class: name, count, waitedMs, said }) => {
    const waits = waitedMs > 0 ? `, calls waited ${Math.ceil(waitedMs / 1000)} s for it in all` : ''
    const attempts = count === 1 ? '1 attempt' : `${count} attempts`
    return `${attempts} without a reply of class ${name}${waits}; the last: “${said.slice(0, longestSaying)}”`
  })
  return [...run.remarks.map(({ words }) => printable(words)), ...remarksOn(run), ...failed]
}

/** What a reader of the table must know to compare its scores. */
function remarksOn({ scoringProfile, promptProfile, missingPromptProfile, judge, benchmark }: Run): string[] {
  const remarks: string[] = []
  if (missingPromptProfile) {
    remarks.push(
      `${benchmark.id} has no prompts of the profile ${missingPromptProfile}; its ${promptProfile} ones were sent.`,
    )
  }
  if (scoringProfile === 'no_judge') {
    remarks.push(
      'scored by rules alone (no_judge); scores with a judge are another measurement. Name one with --judge.',
    )
  }
  if (judge) {
    const { total, answered } = judge.progress
    const left = answered < total ? `; ${total - answered} of them it has not read` : ''
    remarks.push(
      `${judge.name} (${judge.remoteModel}, prompt ${judge.prompt}) is the judge of ${total} response${total === 1 ? '' : 's'} that rules could not read${left}.`,
    )
    if (judge.sameModel) remarks.push('the judge is the model under test: name another one to publish this score.')
  }
  return remarks
}
