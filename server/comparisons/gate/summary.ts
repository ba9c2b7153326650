import type { GateDecision } from './decide.ts'

const marks = { holds: '✅ holds', fails: '❌ fails', open: '⚠️ open' }

/** A decision as Markdown, for the summary of a CI job. */
export function gateMarkdown({ policy, baseline, candidate, result, lines }: GateDecision): string {
  return [
    `## ${result}: run ${candidate} against run ${baseline}`,
    '',
    `Policy ${cell(policy)}. Differences are the candidate less the baseline, in points, with 95 % bounds clustered by picture.`,
    '',
    '| rule | verdict | measured |',
    '|---|---|---|',
    ...lines.map(({ rule, verdict, words }) => `| ${cell(rule)} | ${marks[verdict]} | ${cell(words)} |`),
    '',
  ].join('\n')
}

/** Names of scores come from data sets: nothing of them is a mark of the table. */
function cell(text: string): string {
  return text.replace(/[\\|`*_[\]<>]/g, (mark) => `\\${mark}`).replace(/\s+/g, ' ')
}
