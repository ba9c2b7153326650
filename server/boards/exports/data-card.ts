import type { DescribedVotes } from './describe-votes.ts'

/** What a data set of these votes says of itself, as Markdown with the hub's heading; every number is filled in. */
export function dataCard(votes: DescribedVotes): string {
  const { study, fit, models, queries, languages, category } = votes
  return `---
pretty_name: ${JSON.stringify(study.name)}
license: other
license_name: ${JSON.stringify(study.licence)}
language: ${JSON.stringify(languages)}
tags: [preference, vision-language, pairwise]
---

# ${plain(study.name)}

Blind pairwise preferences of people between ${models.length} vision-language models${category ? `, category ${category}` : ''}:
${count(fit.votesUsed)} votes by ${count(fit.raters)} raters on ${count(queries)} queries, each a picture and a question.
${datesOf(votes)}

| verdict | votes |
|---|---|
${verdictLines(votes)}

## Models

${models.map((name) => `- ${plain(name)}`).join('\n')}

## Left out

${leftOutLines(votes)}

## Agreement

${agreementOf(votes)}

## People

Raters judged under random numbers and agreed to the text of the study (version ${study.consentVersion}). A file of votes gives
each a pseudonym made for that file; times are cut to the hour; time spent on a card is not published. Pictures are
named by their SHA-256 and are not part of the files.

## Licence and citation

Licence of the votes: ${plain(study.licence)}. To cite: ${votes.citation}
`
}

/** How the board was made, for the methods section of a paper, as Markdown; every number is filled in. */
export function methodsSection(votes: DescribedVotes): string {
  const { study, fit, models, queries } = votes
  const rated = fit.ratings.filter(({ elo }) => elo !== null)
  const { level = 0.95, mean, pointsPerTenfoldOdds } = fit.parameters
  return `## Human preference

We compared ${models.length} models in “${plain(study.name)}”. Raters saw a picture, a question and the answers of two
models without names, and said which they would rather have been given, that both were good, that both were bad, or
that they could not judge. The answer shown first was balanced within each pair. Each pair of models was to get
${count(study.quotaPerPair)} votes; points in answers were ${study.pointsShown ? 'drawn on the picture' : 'shown as text'}.
The guidelines were version ${study.guidelinesVersion}.

${datesOf(votes)} ${count(fit.raters)} raters cast the ${count(fit.votesUsed)} votes that count, on ${count(queries)} queries.
${leftOutLines(votes)}

${agreementOf(votes)}

Ratings: ${fit.method}. The mean of all rated models is ${mean}, and ${pointsPerTenfoldOdds} points stand for odds of ten to
one; bounds hold ${Number(level) * 100} % each. ${rated.length} of ${models.length} models have a rating${widthOf(rated)}.
Computed by VLM Arena ${fit.codeVersion} on ${fit.createdAt.toISOString().slice(0, 10)}; the archive of the snapshot
computes every digit again.

${votes.citation}
`
}

const count = (n: number) => n.toLocaleString('en')

/** Text from people as Markdown shows it, on one line. */
const plain = (text: string) => text.replaceAll(/\s/g, ' ').replaceAll(/[\\`*_[\]<>|#]/g, '\\$&')

function datesOf({ first, last }: DescribedVotes): string {
  if (!first || !last) return 'No vote was cast yet.'
  return first === last
    ? `The votes were cast on ${first} (UTC).`
    : `The votes were cast from ${first} to ${last} (UTC).`
}

const verdictWords = { model_a: 'A is better', model_b: 'B is better', tie: 'both good', both_bad: 'both bad' }

function verdictLines({ verdicts }: DescribedVotes): string {
  return Object.entries(verdictWords)
    .map(([verdict, words]) => `| ${words} (\`${verdict}\`) | ${count(verdicts.get(verdict) ?? 0)} |`)
    .join('\n')
}

const reasonWords: Record<string, string> = {
  unsure: 'the rater could not judge',
  late: 'came late, when the pair was full',
  duplicate: 'a second vote of one rater on the same query and pair',
  withdrawn: 'withdrawn by the rater',
  rater: 'of raters who were excluded',
  report: 'on answers or pictures that a report was right about',
}

function leftOutLines({ fit }: DescribedVotes): string {
  const reasons = Object.entries(fit.excluded).filter(([, votes]) => votes > 0)
  if (reasons.length === 0) return 'No vote was left out.'
  const words = reasons.map(([reason, votes]) => `${count(votes)} ${reasonWords[reason] ?? reason}`)
  return `Not counted in the ratings: ${words.join('; ')}.`
}

function agreementOf({ agreement }: DescribedVotes): string {
  if (!agreement) return 'No two raters judged the same pair of answers, so agreement could not be measured.'
  const alpha = Number.isNaN(agreement.alpha)
    ? 'not defined, since all labels are the same'
    : agreement.alpha.toFixed(3)
  return `On ${count(agreement.units)} pairs of answers judged by two raters or more, ${(agreement.share * 100).toFixed(1)} % of ${count(agreement.pairs)} pairs of votes agree, with ties of both kinds as one; Krippendorff's α is ${alpha}.`
}

function widthOf(rated: { low: number | null; high: number | null }[]): string {
  const widths = rated.map(({ low, high }) => (high ?? NaN) - (low ?? NaN)).filter(Number.isFinite)
  if (widths.length === 0) return ''
  const half = widths.map((width) => width / 2)
  return `, their bounds ±${Math.min(...half).toFixed(0)} to ±${Math.max(...half).toFixed(0)} points`
}
