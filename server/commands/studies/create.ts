import { readFileSync } from 'node:fs'
import { Command, Option } from 'commander'
import { StudyLanguage } from '#server/accounts/schema.ts'
import type { Context } from '#server/core/context.ts'
import { InputError } from '#server/core/problem.ts'
import { withContext } from '#server/core/program.ts'
import { findEndpoint } from '#server/endpoints/service.ts'
import { FollowUp, NewStudy } from '#server/studies/schema.ts'
import { createStudy, openStudy } from '#server/studies/service.ts'

interface CreateOptions {
  pool: string
  endpoint: string[]
  quota?: string
  goal?: string
  gold?: string
  trainingItems?: string
  trainingBar?: string
  trainingTries?: string
  trainingFor?: 'new' | 'everybody'
  overlap?: string
  drawing?: 'even' | 'adaptive'
  overlapRaters?: string
  lease?: string
  leastCard?: string
  points: boolean
  followUp?: string
  language?: string
  guidelines?: string
  consent?: string
  contact?: string
  pay?: string
  minutes?: string
  licence?: string
  open: boolean
}

/** `arena studies create`: a draft, or an open study with `--open`. */
export function createCommand(): Command {
  return new Command('create')
    .description('make a study; it stays a draft until it is opened')
    .argument('<name>', 'what raters and readers call it')
    .requiredOption('--pool <pool>', 'the pool of queries, as its address names it')
    .option(
      '--endpoint <names...>',
      'names of the endpoints whose models are compared; others join by imported answers',
      [],
    )
    .option('--quota <votes>', 'votes wanted for each pair of models; by default 450')
    .option('--goal <battles>', "battles in one rater's sitting; by default 100")
    .option('--gold <percent>', "share of a rater's cards that are gold items, 0 to 50; by default 0")
    .option(
      '--training-items <number>',
      'items in a round of training before real cards; 0 is no training; by default 0',
    )
    .option('--training-bar <number>', 'how many of them must be judged right; by default 8')
    .option('--training-tries <number>', 'in how many rounds a rater may try; by default 3')
    .addOption(
      new Option('--training-for <whom>', 'whether those who joined before it do it, too; by default new').choices([
        'new',
        'everybody',
      ]),
    )
    .addOption(
      new Option(
        '--drawing <how>',
        'the pair that has the fewest votes, or by what a vote is worth; by default even',
      ).choices(['even', 'adaptive']),
    )
    .option('--overlap <percent>', 'share of the battles that several raters are given, 0 to 100; by default 5')
    .option('--overlap-raters <number>', 'how many raters that are; by default 3')
    .option('--lease <seconds>', 'how long a battle is reserved; by default 600')
    .option('--least-card <seconds>', 'how long a card is in sight before it takes a verdict; by default 1')
    .addOption(
      new Option('--follow-up <what>', 'what is asked after a verdict for one answer').choices(FollowUp.options),
    )
    .addOption(
      new Option(
        '--language <language>',
        'in which raters read the pages who chose no language; by default as their browser asks',
      ).choices(StudyLanguage.options),
    )
    .option('--no-points', 'show points that answers name as text only')
    .option('--guidelines <file>', 'Markdown that raters read; by default the built-in text')
    .option('--consent <file>', 'Markdown that raters agree to; by default the built-in text')
    .option('--contact <text>', 'whom raters may ask')
    .option('--pay <text>', 'what raters are told of their pay')
    .option('--minutes <n>', 'how long a sitting takes, as raters are told; 0 says nothing')
    .option('--licence <licence>', 'of the votes, once published; by default CC BY 4.0')
    .option('--open', 'let it begin at once', false)
    .action((name: string, options: CreateOptions) => withContext((ctx) => create(ctx, name, options)))
}

async function create(ctx: Context, name: string, options: CreateOptions): Promise<void> {
  const endpoints: string[] = []
  for (const name of options.endpoint) {
    const endpoint = await findEndpoint(ctx, name)
    if (!endpoint) throw new InputError(`There is no endpoint '${name}'. npx arena models list shows them.`)
    endpoints.push(endpoint.id)
  }
  const { slug } = await createStudy(ctx, readPlan(name, options, endpoints))
  if (options.open) await openStudy(ctx, slug)
  const next = options.open ? 'It is open' : `It is a draft: npx arena studies open ${slug}`
  console.log(`Made the study ${slug}. ${next}`)
}

/** What the options ask for, within the limits that the API has. Throws InputError. */
function readPlan(name: string, options: CreateOptions, endpoints: string[]): NewStudy {
  const plan = NewStudy.safeParse({
    name,
    pool: options.pool,
    endpoints,
    pointsShown: options.points,
    followUp: options.followUp,
    language: options.language,
    quotaPerPair: numberOf(options.quota),
    sessionGoal: numberOf(options.goal),
    goldShare: shareOf(options.gold),
    trainingItems: numberOf(options.trainingItems),
    trainingBar: numberOf(options.trainingBar),
    trainingTries: numberOf(options.trainingTries),
    trainingFor: options.trainingFor,
    drawing: options.drawing,
    overlapShare: shareOf(options.overlap),
    overlapRaters: numberOf(options.overlapRaters),
    leaseSeconds: numberOf(options.lease),
    leastCardSeconds: numberOf(options.leastCard),
    licence: options.licence,
    guidelines: textOf(options.guidelines),
    consent: textOf(options.consent),
    contact: options.contact,
    pay: options.pay,
    sittingMinutes: numberOf(options.minutes),
    open: options.open,
  })
  if (plan.success) return plan.data
  const [issue] = plan.error.issues
  throw new InputError(`${issue!.path.join('.')}: ${issue!.message}.`)
}

/** Undefined where the option was not given; NaN, which no schema takes, where it is no number. */
export const numberOf = (text: string | undefined) => (text === undefined ? undefined : Number(text))

/** A share that is given in percent, with or without the sign, as `numberOf` gives numbers. */
export function shareOf(text: string | undefined): number | undefined {
  const percent = numberOf(text?.replace(/ ?%$/, ''))
  return percent === undefined ? undefined : Math.round(percent * 1e6) / 1e8
}

/** The text of a file, where one is named. Throws InputError. */
export function textOf(path: string | undefined): string | undefined {
  if (path === undefined) return undefined
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new InputError(`The file ${path} cannot be read. Check its name.`, { cause })
  }
}
