import { categoryTitles } from '#server/queries/categories/schema.ts'

/** A rule of reading a board that the page can switch: the name it has in the address, and its choices. */
interface Rule {
  name: string
  title: string
  /** The first is what the published board does. */
  choices: { value: string; title: string }[]
}

const lengths = [
  { value: '', title: 'Any length' },
  ...['100', '300', '1000', '3000'].map((value) => ({ value, title: `${value} characters` })),
]

export const rules: Rule[] = [
  {
    name: 'ties',
    title: 'Ties',
    choices: [
      { value: '', title: 'Half a win to each' },
      { value: 'drop', title: 'Left out' },
      { value: 'drop-bothbad', title: 'Both bad left out' },
      { value: 'davidson', title: 'Davidson’s model' },
      { value: 'rao-kupper', title: 'Rao and Kupper’s model' },
    ],
  },
  {
    name: 'weights',
    title: 'Weights',
    choices: [
      { value: '', title: 'Every vote alike' },
      { value: 'equal-categories', title: 'Every category alike' },
      { value: 'equal-pairs', title: 'Every pair alike' },
    ],
  },
  {
    name: 'category',
    title: 'Category',
    choices: [
      { value: '', title: 'All' },
      ...Object.entries(categoryTitles).map(([value, title]) => ({ value, title })),
    ],
  },
  {
    name: 'minDwellMs',
    title: 'Time on the card',
    choices: [
      { value: '', title: 'Any' },
      { value: '2000', title: '2 s or more' },
      { value: '5000', title: '5 s or more' },
      { value: '10000', title: '10 s or more' },
    ],
  },
  {
    name: 'minLength',
    title: 'Both answers at least',
    choices: lengths,
  },
  {
    name: 'maxLength',
    title: 'Both answers at most',
    choices: lengths,
  },
  {
    name: 'excludeFlagged',
    title: 'Raters',
    choices: [
      { value: '', title: 'All' },
      { value: 'true', title: 'Without flagged ones' },
    ],
  },
]

/** Rules that are written rather than chosen. */
export const written = [
  { name: 'language', title: 'Language of the question, as en', type: 'text' },
  { name: 'cohort', title: 'Cohort', type: 'text' },
  { name: 'from', title: 'From', type: 'date' },
  { name: 'to', title: 'To', type: 'date' },
] as const

/** The rules in an address that the page knows and that differ from the published ones. */
export function readRules(search: { get(name: string): string | null }): Record<string, string> {
  const names = [...rules, ...written].map(({ name }) => name)
  return Object.fromEntries(
    names.map((name) => [name, search.get(name)?.trim() ?? '']).filter(([, value]) => value !== ''),
  )
}
