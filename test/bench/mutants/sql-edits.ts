import ts from 'typescript'
import { otherNumber, type Edit } from './mutation.ts'

/** Words and signs of SQL and what they are mistaken for. The first group of a pattern is what is replaced. */
const swaps: [pattern: RegExp, replacements: string[]][] = [
  [/ (<=) /g, ['<', '>=']],
  [/ (>=) /g, ['>', '<=']],
  [/ (<) /g, ['<=', '>']],
  [/ (>) /g, ['>=', '<']],
  [/ (<>) /g, ['=']],
  [/[\w)] (\+) [\w(¤]/g, ['-']],
  [/[\w)] (-) [\w(¤]/g, ['+']],
  [/[\w)] (\*) [\w(¤]/g, ['/']],
  [/[\w)] (\/) [\w(¤]/g, ['*']],
  [/\b(is not null)\b/g, ['is null']],
  [/\b(is null)\b/g, ['is not null']],
  [/\b(not exists)\b/g, ['exists']],
  [/\b(min)\(/g, ['max']],
  [/\b(max)\(/g, ['min']],
  [/\b(least)\(/g, ['greatest']],
  [/\b(greatest)\(/g, ['least']],
  [/\b(left join)\b/g, ['join']],
  [/\b(desc)\b/g, ['asc']],
  [/\b(distinct )(?!from|on)/g, ['']],
  [/\b(true)\b/g, ['false']],
  [/\b(false)\b/g, ['true']],
]

/** Not the 1 of `select 1 from`: only whether there is a row is asked. */
const wholeNumber = /(?<![\w$.¤]|\bselect )\d+(?![\w.])/g
const equals = / (=) /g
const junction = /\b(?:and|or|where)\s/g
/** What ends a condition at its own depth of brackets. */
const conditionEnd =
  /^(?:and|or|order by|group by|having|limit|offset|returning|union|for update|for share|for no key|left|right|join|cross|where|then|on conflict|do update|do nothing|set|as|window|when|else|end)\b/

/** Edits inside a template of SQL; what stands in `${}`, in quotes or in a comment is left alone. */
export function sqlEdits(template: ts.TemplateLiteral, source: ts.SourceFile): Edit[] {
  const base = template.getStart(source)
  const sql = masked(template, source)
  const at = (start: number, end: number, replacement: string): Edit => ({
    start: base + start,
    end: base + end,
    replacement,
  })
  const swapped = swaps.flatMap(([pattern, replacements]) =>
    [...sql.matchAll(pattern)].flatMap((match) => {
      const start = match.index + match[0].indexOf(match[1]!)
      return replacements.map((replacement) => at(start, start + match[1]!.length, replacement))
    }),
  )
  const numbers = [...sql.matchAll(wholeNumber)].map(({ 0: digits, index }) =>
    at(index, index + digits.length, otherNumber(digits)),
  )
  const turned = [...sql.matchAll(equals)]
    .filter(({ index }) => inCondition(sql.slice(0, index)))
    .map(({ index }) => at(index + 1, index + 2, '<>'))
  const dropped = [...sql.matchAll(junction)]
    .filter(({ index }) => !/\bbetween\s+\S+\s+$/.test(sql.slice(0, index)))
    .map(({ index }) => dropCondition(sql, index))
    .map(([start, end]) => at(start, end, ''))
  return [...swapped, ...numbers, ...turned, ...dropped]
}

/** The template's text at its own length, with `¤` in place of what is not SQL. */
function masked(template: ts.TemplateLiteral, source: ts.SourceFile): string {
  const base = template.getStart(source)
  let text = template.getText(source)
  const cover = (start: number, end: number) => {
    text = text.slice(0, start) + '¤'.repeat(end - start) + text.slice(end)
  }
  if (ts.isTemplateExpression(template))
    for (const { expression, literal } of template.templateSpans)
      cover(expression.getFullStart() - 2 - base, literal.getStart(source) + 1 - base)
  for (const pattern of [/'[^']*'/g, /"[^"]*"/g, /--[^\n]*/g])
    for (const { 0: match, index } of text.matchAll(pattern)) cover(index, index + match.length)
  return text
}

/** An equals sign compares after these words, and assigns after `set` or a comma. */
function inCondition(before: string): boolean {
  const last = [...before.matchAll(/\b(?:where|and|or|on|when|having|set)\b|,/g)].at(-1)?.[0]
  return last !== undefined && last !== 'set' && last !== ','
}

/** From a junction to the end of its condition; the first condition of several goes with the `and` behind it. */
function dropCondition(sql: string, start: number): [start: number, end: number] {
  const word = /^\w+/.exec(sql.slice(start))![0]
  const end = endOfCondition(sql, start + word.length)
  const next = word === 'where' ? /^(?:and|or)\s/.exec(sql.slice(end)) : null
  return next ? [start + 'where '.length, end + next[0].length] : [start, end]
}

function endOfCondition(sql: string, start: number): number {
  let depth = 0
  for (let at = start; at < sql.length; at++) {
    const character = sql[at]!
    if (character === '(') depth++
    if (character === ')' && --depth < 0) return at
    if (depth > 0) continue
    if (character === '`' || character === ',') return at
    if (/\s/.test(sql[at - 1]!) && conditionEnd.test(sql.slice(at))) return at
  }
  return sql.length
}
