#!/usr/bin/env -S node --max-semi-space-size=8
// The first line, in megabytes: by Node's own choice what has just been made takes 70 MB more, and no command is faster.
import { enableCompileCache } from 'node:module'
import { fileURLToPath } from 'node:url'
import type { Command as ArenaCommand } from 'commander'

// What is loaded from here on is compiled once for all commands; where nothing can be written, each time.
enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/node', import.meta.url)))
const { Command, CommanderError } = await import('commander')
const { readConfig } = await import('./core/config.ts')
const { endWithSentence, exitCodes } = await import('./core/terminal/exit.ts')

/** One file per verb, read only when it is asked for. */
const commands: Record<string, () => Promise<ArenaCommand>> = {
  serve: async () => (await import('./commands/serve.ts')).serveCommand(),
  worker: async () => (await import('./commands/worker.ts')).workerCommand(),
  run: async () => (await import('./commands/runs/run.ts')).runCommand(),
  runs: async () => (await import('./commands/runs/runs.ts')).runsCommand(),
  costs: async () => (await import('./commands/runs/costs.ts')).costsCommand(),
  resume: async () => (await import('./commands/runs/resume.ts')).resumeCommand(),
  compare: async () => (await import('./commands/comparisons/compare.ts')).compareCommand(),
  gate: async () => (await import('./commands/comparisons/gate.ts')).gateCommand(),
  score: async () => (await import('./commands/runs/score.ts')).scoreCommand(),
  submission: async () => (await import('./commands/runs/submission.ts')).submissionCommand(),
  rescore: async () => (await import('./commands/runs/rescore.ts')).rescoreCommand(),
  snapshot: async () => (await import('./commands/ratings/snapshot.ts')).snapshotCommand(),
  export: async () => (await import('./commands/ratings/export.ts')).exportCommand(),
  rate: async () => (await import('./commands/ratings/rate.ts')).rateCommand(),
  models: async () => (await import('./commands/endpoints/models.ts')).modelsCommand(),
  teams: async () => (await import('./commands/people/teams.ts')).teamsCommand(),
  studies: async () => (await import('./commands/studies/studies.ts')).studiesCommand(),
  responses: async () => (await import('./commands/studies/responses.ts')).responsesCommand(),
  raters: async () => (await import('./commands/studies/raters.ts')).ratersCommand(),
  queue: async () => (await import('./commands/studies/queue.ts')).queueCommand(),
  invite: async () => (await import('./commands/people/invite.ts')).inviteCommand(),
  people: async () => (await import('./commands/people/people.ts')).peopleCommand(),
  tokens: async () => (await import('./commands/people/tokens.ts')).tokensCommand(),
  panels: async () => (await import('./commands/people/panels.ts')).panelsCommand(),
  pools: async () => (await import('./commands/queries/pools.ts')).poolsCommand(),
  queries: async () => (await import('./commands/queries/queries.ts')).queriesCommand(),
  datasets: async () => (await import('./commands/datasets/datasets.ts')).datasetsCommand(),
  baselines: async () => (await import('./commands/endpoints/baselines.ts')).baselinesCommand(),
  'admin-link': async () => (await import('./commands/admin-link.ts')).adminLinkCommand(),
  doctor: async () => (await import('./commands/doctor.ts')).doctorCommand(),
}

const program = new Command('arena')
  .description('Benchmarks and blind human preference for vision-language models')
  .version(readConfig({}).codeVersion)
  .showHelpAfterError('(--help lists what can be given)')

const [named] = process.argv.slice(2)
const wanted = named && named in commands ? [commands[named]!] : Object.values(commands)
for (const load of wanted) program.addCommand(await load())
exitWithOurCodes(program)

await program.parseAsync().catch((error: unknown) => {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? exitCodes.ok : exitCodes.usage
  else endWithSentence(error)
})

// Whatever a command has left open must not keep the process: everything it does is done.
setTimeout(() => process.exit(), 1_000).unref()

/** Commander's own exit code for a wrong call is 1; ours is 2. */
function exitWithOurCodes(command: ArenaCommand) {
  command.exitOverride()
  for (const child of command.commands) exitWithOurCodes(child)
}
