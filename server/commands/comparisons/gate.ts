import { readFile, stat, writeFile } from 'node:fs/promises'
import { Command } from 'commander'
import { compareRuns } from '#server/comparisons/compare-runs.ts'
import { decide } from '#server/comparisons/gate/decide.ts'
import { readPolicy, type Policy } from '#server/comparisons/gate/policy.ts'
import { gateMarkdown } from '#server/comparisons/gate/summary.ts'
import type { Context } from '#server/core/context.ts'
import { printable } from '#server/core/printable.ts'
import { InputError } from '#server/core/problem.ts'
import { withContext } from '#server/core/program.ts'
import { exitCodes } from '#server/core/terminal/exit.ts'
import { getRun } from '#server/runs/read-runs.ts'
import { readRunNumber } from '../runs/run-number.ts'

interface Options {
  baseline: string
  policy: string
  summary?: string
  json: boolean
}

const largestPolicy = 1_000_000

/** `arena gate`: whether a run may take the place of another one, for CI. */
export function gateCommand(): Command {
  return new Command('gate')
    .description('decide whether a run may replace another: GO (exit code 0), NO-GO (4) or INCONCLUSIVE (5)')
    .argument('<candidate>', 'number of the run that would replace the baseline')
    .requiredOption('--baseline <run>', 'number of the run that it would replace')
    .requiredOption('--policy <file>', 'what has to hold, as JSON')
    .option('--summary <file>', 'also write the decision there as Markdown')
    .option('--json', 'print it as JSON', false)
    .action((candidate: string, options: Options) => withContext((ctx) => gate(ctx, candidate, options)))
}

async function gate(ctx: Context, candidate: string, { baseline, policy, summary, json }: Options): Promise<void> {
  const rules = await policyIn(policy)
  const [a, b] = [readRunNumber(baseline), readRunNumber(candidate)]
  const decision = decide(rules, await compareRuns(ctx, { a, b }), (await getRun(ctx, b)).metrics)
  const markdown = gateMarkdown(decision)
  if (summary !== undefined) {
    await writeFile(summary, markdown).catch((cause: unknown) => {
      throw new InputError(`${summary} cannot be written.`, { cause })
    })
  }
  console.log(json ? JSON.stringify(decision, null, 2) : markdown.trimEnd().split('\n').map(printable).join('\n'))
  process.exitCode = { GO: exitCodes.ok, 'NO-GO': exitCodes.refused, INCONCLUSIVE: exitCodes.undecided }[
    decision.result
  ]
}

async function policyIn(file: string): Promise<Policy> {
  const found = await stat(file).catch(() => null)
  if (!found?.isFile()) throw new InputError(`There is no policy ${file}.`)
  if (found.size > largestPolicy) throw new InputError(`${file} is larger than 1 MB, so it is no policy.`)
  return readPolicy(await readFile(file, 'utf8'), file)
}
