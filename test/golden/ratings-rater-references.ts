import {
  cohenKappa,
  fleissKappa,
  krippendorffAlpha,
  labelVotes,
  percentAgreement,
  unitTable,
} from '#server/ratings/evidence/agreement.ts'
import { diagnoseRaters } from '#server/ratings/evidence/raters.ts'
import { markBeyondDailyLimit, markRepeats } from '#server/ratings/votes/vote-limits.ts'
import type { Check } from './ratings-references.ts'

/** Agreement between raters: α in three scales, percent, and the κ of pairs and of units of one size. */
export const checkAgreement: Check = (set, expected, compare) => {
  const part = expected as Record<string, number | undefined> & {
    fleiss_kappa?: { labels_per_unit: number; units: number; kappa: number; randolph_kappa: number }
    cohen_kappa_pair?: { raters: [string, string]; common_units: number; kappa: number; linear_weighted: number }
  }
  const labels = labelVotes(set.votes)
  const all = unitTable(labels)
  const decisive = unitTable(labels, true)
  for (const scale of ['nominal', 'ordinal', 'interval'] as const)
    compare.value(`α ${scale}`, krippendorffAlpha(all, scale), part[`krippendorff_alpha_${scale}`])
  const alpha = krippendorffAlpha(decisive, 'nominal')
  compare.value('α decisive', alpha, part.krippendorff_alpha_nominal_decisive_only)
  compare.same('units', all.length, part.units_with_two_or_more)
  compare.same('pairs', percentAgreement(all).pairs, part.label_pairs)
  compare.value('percent', percentAgreement(all).agreement, part.percent_agreement)
  compare.same('decisive pairs', percentAgreement(decisive).pairs, part.decisive_label_pairs)
  compare.value('percent decisive', percentAgreement(decisive).agreement, part.percent_agreement_decisive)
  if (part.fleiss_kappa) {
    const fleiss = fleissKappa(all, part.fleiss_kappa.labels_per_unit)
    compare.same('units of Fleiss', fleiss.units, part.fleiss_kappa.units)
    compare.value('κ of Fleiss', fleiss.kappa, part.fleiss_kappa.kappa)
    compare.value('κ of Randolph', fleiss.randolph, part.fleiss_kappa.randolph_kappa)
  }
  if (part.cohen_kappa_pair) {
    const [first, second] = part.cohen_kappa_pair.raters.map((name) => set.raters.indexOf(name))
    const cohen = cohenKappa(labels, first!, second!)
    compare.same('common units', cohen.units, part.cohen_kappa_pair.common_units)
    compare.value('κ of Cohen', cohen.kappa, part.cohen_kappa_pair.kappa)
    compare.value('κ of Cohen, linear', cohen.linear, part.cohen_kappa_pair.linear_weighted)
  }
  compare.only(part, [
    ...['krippendorff_alpha_nominal', 'krippendorff_alpha_ordinal', 'krippendorff_alpha_interval', 'label_pairs'],
    ...['krippendorff_alpha_nominal_decisive_only', 'units_with_two_or_more', 'percent_agreement'],
    ...['decisive_label_pairs', 'percent_agreement_decisive', 'fleiss_kappa', 'cohen_kappa_pair'],
  ])
}

/** Every rater beside the fit to all votes. */
export const checkDiagnostics: Check = (set, expected, compare) => {
  const part = expected as Record<string, Record<string, number | null | undefined>>
  const ours = diagnoseRaters(set.votes, set.fit().strengths)
  compare.same('raters', Object.keys(part).sort(), [...set.raters].sort())
  for (const diagnostics of ours) {
    const name = set.raters[diagnostics.rater]!
    const theirs = part[name] ?? {}
    compare.same(`votes of ${name}`, diagnostics.votes, theirs.votes)
    compare.same(`decisive of ${name}`, diagnostics.decisive, theirs.decisive)
    compare.same(`left of ${name}`, diagnostics.left, theirs.left)
    // Of no decisive vote, some write that a coin explains it, some that there is nothing to explain.
    if (diagnostics.decisive > 0)
      compare.value(`left p of ${name}`, diagnostics.leftP, theirs.left_binomial_two_sided_p)
    compare.value(`log-likelihood of ${name}`, diagnostics.meanLogLikelihood, theirs.mean_log_lik)
    compare.value(`agreement of ${name}`, diagnostics.favouriteAgreement, theirs.agreement_with_bt_favourite_decisive)
  }
}

/** Repeats of a rater on an item and pair, the first kept. */
export const checkRepeats: Check = (set, expected, compare) => {
  const part = expected as { votes_kept: number; dropped_vote_ids: number[] }
  const marks = markRepeats(set.votes)
  const dropped = set.voteIds.filter((_, t) => marks[t] === 1)
  compare.same('kept', marks.length - dropped.length, part.votes_kept)
  compare.same('dropped', dropped, part.dropped_vote_ids)
}

/** At most so many votes of a rater on one UTC day. */
export const checkDailyLimit: Check = (set, expected, compare, key) => {
  const part = expected as { votes_kept: number; dropped_vote_ids_first_20: number[] }
  const marks = markBeyondDailyLimit(set.votes.rater!, set.unixSeconds, Number(/\d+/.exec(key)![0]))
  const dropped = set.voteIds.filter((_, t) => marks[t] === 1)
  compare.same('kept', marks.length - dropped.length, part.votes_kept)
  compare.same('dropped', dropped.slice(0, 20), part.dropped_vote_ids_first_20)
}
