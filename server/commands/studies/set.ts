import { Command, Option } from 'commander'
import { StudyLanguage } from '#server/accounts/schema.ts'
import { countVotes } from '#server/battles/study-votes.ts'
import type { Context } from '#server/core/context.ts'
import { InputError } from '#server/core/problem.ts'
import { withContext } from '#server/core/program.ts'
import { changeStudy, explainChange } from '#server/studies/change-study.ts'
import { FollowUp, StudyChange } from '#server/studies/schema.ts'
import { numberOf, shareOf, textOf } from './create.ts'

interface SetOptions {
  name?: string
  pool?: string
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
  points?: 'on' | 'off'
  followUp?: string
  language?: string
  guidelines?: string
  consent?: string
  contact?: string
  pay?: string
  minutes?: string
  licence?: string
  yes: boolean
}

/** `arena studies set`: says what a change means, and makes it with `--yes`. */
export function setCommand(): Command {
  return new Command('set')
    .description('change a study; what that means is said first, and --yes does it')
    .argument('<study>', 'the study, as its address names it')
    .option('--name <name>', 'what raters and readers call it')
    .option('--pool <pool>', 'the pool whose queries are asked; of a draft only')
    .option('--quota <votes>', 'votes wanted for each pair of models')
    .option('--goal <battles>', "battles in one rater's sitting")
    .option('--gold <percent>', "share of a rater's cards that are gold items, 0 to 50")
    .option('--training-items <number>', 'items in a round of training before real cards; 0 is no training')
    .option('--training-bar <number>', 'how many of them must be judged right')
    .option('--training-tries <number>', 'in how many rounds a rater may try')
    .addOption(
      new Option('--training-for <whom>', 'whether those who joined before it do it, too').choices([
        'new',
        'everybody',
      ]),
    )
    .addOption(
      new Option('--drawing <how>', 'the pair that has the fewest votes, or by what a vote is worth').choices([
        'even',
        'adaptive',
      ]),
    )
    .option('--overlap <percent>', 'share of the battles that several raters are given, 0 to 100')
    .option('--overlap-raters <number>', 'how many raters that are')
    .option('--lease <seconds>', 'how long a battle is reserved')
    .option('--least-card <seconds>', 'how long a card is in sight before it takes a verdict')
    .addOption(new Option('--points <shown>', 'draw points on the picture').choices(['on', 'off']))
    .addOption(
      new Option('--follow-up <what>', 'what is asked after a verdict for one answer').choices(FollowUp.options),
    )
    .addOption(
      new Option('--language <language>', 'in which raters read the pages who chose no language').choices(
        StudyLanguage.options,
      ),
    )
    .option('--guidelines <file>', 'Markdown that raters read')
    .option('--consent <file>', 'Markdown that raters agree to')
    .option('--contact <text>', 'whom raters may ask')
    .option('--pay <text>', 'what raters are told of their pay')
    .option('--minutes <n>', 'how long a sitting takes, as raters are told; 0 says nothing')
    .option('--licence <licence>', 'of the votes, once published')
    .option('--yes', 'make the change', false)
    .action((study: string, options: SetOptions) => withContext((ctx) => set(ctx, study, options)))
}

async function set(ctx: Context, study: string, options: SetOptions): Promise<void> {
  const change = readChange(options)
  const sentences = await explainChange(ctx, study, change, countVotes)
  if (sentences.length === 0) return console.log('Nothing would change.')
  console.log(sentences.join('\n'))
  if (!options.yes) return console.log('Nothing is changed yet: say --yes to do it.')
  await changeStudy(ctx, study, change)
  console.log('Changed.')
}

/** Throws InputError. */
function readChange({ name, pool, points, licence, ...options }: SetOptions): StudyChange {
  const change = StudyChange.safeParse({
    name,
    pool,
    licence,
    pointsShown: points && points === 'on',
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
    guidelines: textOf(options.guidelines),
    consent: textOf(options.consent),
    contact: options.contact,
    pay: options.pay,
    sittingMinutes: numberOf(options.minutes),
  })
  if (change.success) return change.data
  const [issue] = change.error.issues
  throw new InputError(`${issue!.path.join('.')}: ${issue!.message}.`)
}
