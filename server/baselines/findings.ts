import type { Picture } from './picture/picture.ts'
import type { Question } from './question.ts'

/** What a baseline has to say about one question, before the shape that the prompt asks for is put on it. */
export interface Findings {
  /** The answer alone, as a benchmark marks it. */
  short: string
  /** One to three sentences for people. */
  sentences: string[]
  /** What was found as pairs, for lists and tables. */
  facts: [label: string, value: string][]
}

/** A built-in model: it is handed the question and the pictures, and says what it found. Never names itself. */
export type Baseline = (question: Question, pictures: Picture[]) => Promise<Findings>

/** Writes findings in the shape the prompt asks for: short answer, JSON, table, list, or prose within its limits. */
export function writeAnswer(question: Question, findings: Findings): string {
  if (question.brief || (question.maxWords === 1 && question.format === 'prose')) return findings.short
  const facts = question.maxItems ? findings.facts.slice(0, question.maxItems) : findings.facts
  switch (question.format) {
    case 'json':
      return `\`\`\`json\n${JSON.stringify(Object.fromEntries(facts), null, 2)}\n\`\`\``
    case 'table':
      return [
        '| What | Found |',
        '| --- | --- |',
        ...facts.map(([label, value]) => `| ${cell(label)} | ${cell(value)} |`),
      ].join('\n')
    case 'list':
      return facts.map(([label, value]) => `- **${label}**: ${value}`).join('\n')
    case 'numbered':
      return facts.map(([label, value], index) => `${index + 1}. **${label}**: ${value}`).join('\n')
    case 'prose': {
      const text = findings.sentences
        .slice(0, question.maxSentences ?? undefined)
        .join(question.kind === 'create' ? '\n' : ' ')
      return question.maxWords ? text.split(/\s+/).slice(0, question.maxWords).join(' ') : text
    }
  }
}

/** "a, b and c"; the empty string for an empty list. */
export function inWords(items: string[]): string {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`
}

/** The first letter in upper case. */
export function capitalised(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1)
}

/** The short form of a choice: its letter, or the choice itself where it has none. */
export function choiceShort(choice: Question['choices'][number]): string {
  return choice.letter ?? choice.text
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ')
}
