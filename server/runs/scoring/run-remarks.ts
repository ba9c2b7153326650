import type { OtherModel, OutcomeCounts, RunRemark } from '../schema.ts'

/** Above this share of the answers, those that were cut off or empty are said beside the score. */
const mostWithoutAnswer = 0.02

/** What the replies of a run say against its score, then what else there is to know of them. */
export function remarksOn(counts: OutcomeCounts, otherModels: OtherModel[], asked: string): RunRemark[] {
  const answered = counts.scored + counts.unparsed + counts.refused + counts.withheld
  const { truncated, empty, thought } = counts
  const remarks: RunRemark[] = []
  if ((truncated + empty) / Math.max(1, answered) > mostWithoutAnswer) {
    const kinds = [truncated && `${truncated} cut off at the token limit`, empty && `${empty} empty`].filter(Boolean)
    const share = ((100 * (truncated + empty)) / answered).toFixed(1)
    const cure = truncated > 0 ? ': the score may be too low; a run with a higher token limit can tell' : ''
    remarks.push({ kind: 'warning', words: `${kinds.join(' and ')} of ${answered} answers (${share} %)${cure}` })
  }
  for (const { name, replies, firstPosition } of otherModels) {
    const words = `asked ${asked}, got ${name} in ${replies} of ${answered} replies, first at example ${firstPosition + 1}`
    remarks.push({ kind: 'warning', words })
  }
  if (thought > 0) remarks.push({ kind: 'note', words: `thinking separated in ${thought} of ${answered} replies` })
  return remarks
}

/** That the data of a run was a part of its split. */
export function remarksOnPart(examples: number, of: number | null): RunRemark[] {
  if (of === null) return []
  return [{ kind: 'warning', words: `partial: ${examples} of ${of} examples of the split; it stands on no board` }]
}

/** What the requests of a run say of its score. */
export function remarksOnRequests(departures: string[], reused: number, examples: number): RunRemark[] {
  const remarks: RunRemark[] = []
  if (departures.length > 0) {
    remarks.push({ kind: 'warning', words: `not comparable to the published protocol: ${departures.join('; ')}` })
  }
  if (reused > 0) remarks.push({ kind: 'note', words: `${reused} of ${examples} replies were taken from earlier runs` })
  return remarks
}
