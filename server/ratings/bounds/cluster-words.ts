import type { BoardNote } from '../notes.ts'
import { fewEffective } from './clustered.ts'

type ClusterNote = Extract<BoardNote, { about: 'clustered' }>

/** What bounds took together and what that costs, in sentences; an item is called a question on a board. */
export function clustersInWords({ clusters, designEffect, votes }: ClusterNote, item: 'item' | 'question'): string[] {
  const nounOf = (of: 'rater' | 'item') => (of === 'rater' ? 'rater' : item)
  const several = clusters.filter(({ clusters: number }) => number > 1)
  const together = several.map(({ of, clusters: number }) =>
    of === 'rater'
      ? `votes of one rater (${count(number)} raters)`
      : `votes on one ${item} (${count(number)} ${item}s)`,
  )
  const costs = `design effect ${designEffect.toFixed(1)}, so these ${count(votes)} votes carry as much as ${count(votes / designEffect)} independent ones`
  return [
    ...(several.length > 0 ? [`The bounds take ${together.join(' and ')} as going together: ${costs}.`] : []),
    ...clusters
      .filter(({ clusters: number }) => number === 1)
      .map(
        ({ of }) =>
          `All votes are ${of === 'rater' ? 'of one rater' : `on one ${item}`}: the bounds say nothing of others.`,
      ),
    ...several
      .filter(({ corrected }) => corrected)
      .map(
        ({ of, effective }) =>
          `The ${nounOf(of)}s weigh as ${effective.toFixed(1)} of even size; below ${fewEffective} the bounds are widened for it (CR3, t with ${Math.max(1, effective - 1).toFixed(1)} degrees of freedom).`,
      ),
    ...several
      .filter(({ needed }) => needed > 0)
      .map(({ of, needed }) => {
        const without = needed === 1 ? `one ${nounOf(of)}` : `any one of ${needed} ${nounOf(of)}s`
        return `Without ${without} the votes do not join all models: nothing says how far that drew the ratings.`
      }),
  ]
}

const count = (number: number) => Math.round(number).toLocaleString('en')
