import { clustersInWords } from '#server/ratings/bounds/cluster-words.ts'
import { InputError } from '#server/core/problem.ts'
import type { BoardNote } from '#server/ratings/notes.ts'
import type { BoardRules, Lack, RulesNotMet } from '#server/ratings/rules.ts'

/** Models named one by one in a note; more are counted. */
const mostNamed = 20

/** A note as lines of text, models under their names. */
export function noteInWords(note: BoardNote, names: string[]): string[] {
  switch (note.about) {
    case 'unbeaten':
      return ofEach(note.models, names, 'never beaten, so no finite rating fits')
    case 'winless':
      return ofEach(note.models, names, 'never won, so no finite rating fits')
    case 'no-votes':
      return ofEach(note.models, names, 'no votes that count')
    case 'no-fit':
      return ofEach(note.models, names, 'their votes leave this model of ties without a highest likelihood')
    case 'groups':
      return [`The votes fall into ${note.groups} groups that never met: nothing compares their ratings.`]
    case 'not-converged':
      return [`The fit has not converged: its last step was ${note.lastStep} natural units.`]
    case 'no-bounds':
      return [`Bounds are left out: they need a matrix of ${note.models} × ${note.models} numbers.`]
    case 'clustered':
      return clustersInWords(note, 'item')
    case 'no-clusters':
      return [
        'The bounds take every vote for independent: no column rater or item was read. Where one rater cast many votes, they are too narrow.',
      ]
    case 'widened':
      return [
        `The bounds are those of independent votes, widened by a design effect of ${note.designEffect.toFixed(1)}.`,
      ]
    case 'no-clustered-bounds':
      return [
        `The bounds take every vote for independent: with more than ${note.most} models, raters and items are not taken in.`,
      ]
    case 'few-clusters':
      return [`With ${note.clusters} ${note.of}s these bounds are too narrow: ${note.needed} are needed.`]
    case 'no-two-way':
      return [
        'The two-way errors do not hold together on these votes: the bounds are by rater plus by item, and wider.',
      ]
    case 'no-bootstrap':
      return [
        `${note.nonFinite} of ${note.rounds} bootstrap rounds had no finite ratings: the bounds are the sandwich's.`,
      ]
    case 'constant-style':
      return [`The ${note.style} of both sides are always alike and were left out.`]
    case 'order-of-votes':
      return ['Online Elo depends on the order of the votes: it shows activity and gives no ranks.']
    case 'tie-model':
      return ['Under a model of ties ratings are spread wider than with ties as half-wins.']
    case 'prior':
      return [`Ratings are pulled to the mean by a prior (λ = ${note.penalty}).`]
  }
}

/** A line for each model, or one for all where they are many. */
function ofEach(models: number[], names: string[], says: string): string[] {
  if (models.length > mostNamed) return [`${models.length} models: ${says}.`]
  return models.map((model) => `${names[model]}: ${says}.`)
}

interface Asked {
  method: BoardRules['method']
  interval: BoardRules['interval']
  anchor?: { model: string }
}

/** The error for rules that ask for what the votes do not hold. */
export function problemOf(error: RulesNotMet, { method, interval, anchor }: Asked): Error {
  const columns = (one: string) => (interval === 'cluster-both' ? 'the columns rater and item' : `a column ${one}`)
  const says: Partial<Record<Lack, string>> = {
    weights: '--weights needs a column weight',
    style: 'the votes carry no style counts: columns tokens_a, tokens_b and so on, or conv_metadata',
    raters: `--interval ${interval} needs ${columns('rater')}`,
    items: `--interval ${interval} needs ${columns('item')}`,
    'two-raters': `--interval ${interval} needs more than one rater`,
    'two-items': `--interval ${interval} needs more than one item`,
    'spare-raters': `--interval ${interval} needs votes that join all models without any one rater; cluster-rater does not`,
    'anchor-rating': `${anchor?.model} has no finite rating to anchor the others on`,
  }
  if (error.lack === 'method-with-weights')
    return new InputError(`--weights is for --method bt or map, not ${method}.`, { cause: error })
  return new InputError(says[error.lack] ?? error.message, { cause: error })
}
