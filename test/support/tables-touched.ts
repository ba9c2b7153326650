import { globSync } from 'node:fs'
import { basename, join } from 'node:path'
import { getTableName, is } from 'drizzle-orm'
import { PgTable } from 'drizzle-orm/pg-core'
import ts from 'typescript'
import { root } from './source-files.ts'

/** A table by the name it has in SQL, and what is done to its rows. `?`: named where the SQL cannot be read. */
export interface Touch {
  table: string
  way: 'reads' | 'writes'
}

/** Table objects of Drizzle that a file holds, by the name it calls them: `votes` → `votes`, `pairCounts` → `pair_counts`. */
type TableNames = ReadonlyMap<string, string>

interface Table {
  /** The file of drizzle/schema/ that it stands in, without its ending: the module that owns it. */
  owner: string
  /** What that file calls it. */
  exported: string
}

/** All tables by the names that they have in SQL. */
export async function readTables(): Promise<Map<string, Table>> {
  const tables = new Map<string, Table>()
  for (const file of globSync('drizzle/schema/*.ts', { cwd: root })) {
    const exports = (await import(join(root, file))) as Record<string, unknown>
    for (const [exported, table] of Object.entries(exports)) {
      if (is(table, PgTable)) tables.set(getTableName(table), { owner: basename(file, '.ts'), exported })
    }
  }
  return tables
}

/** The table objects that a file imports, under the names it gives them. */
export function tableObjects(code: string, tables: ReadonlyMap<string, Table>): TableNames {
  const imports = code.matchAll(/import \{([^}]*)\} from '#drizzle\/schema\/([a-z]+)\.ts'/g)
  const found = [...imports].flatMap(([, names, owner]) =>
    namesIn(names!).map(({ name, local }) => ({ name, local, owner })),
  )
  const named = [...tables].flatMap(([sqlName, { owner, exported }]) =>
    found.filter((one) => one.owner === owner && one.name === exported).map(({ local }) => [local, sqlName] as const),
  )
  return new Map(named)
}

const namesIn = (list: string) =>
  list.split(',').map((entry) => {
    const [name = '', local = name] = entry.trim().split(' as ')
    return { name, local }
  })

const readingCalls = ['from', 'innerJoin', 'leftJoin', 'rightJoin', 'fullJoin', 'crossJoin', '$count']
const writingCalls = ['insert', 'update', 'delete']

/** Which tables the SQL templates and Drizzle calls of a file read and write, each once, in order of appearance. */
export function tablesTouched(code: string, drizzleTables: TableNames): Touch[] {
  const touches = new Map<string, Touch>()
  const add = (touch: Touch) => touches.set(`${touch.way} ${touch.table}`, touch)
  const visit = (node: ts.Node) => {
    if (ts.isTaggedTemplateExpression(node)) touchesOfSql(sqlOf(node.template, drizzleTables)).forEach(add)
    if (ts.isCallExpression(node)) touchesOfCall(node, drizzleTables).forEach(add)
    ts.forEachChild(node, visit)
  }
  visit(ts.createSourceFile('file.ts', code, ts.ScriptTarget.Latest))
  return [...touches.values()]
}

function touchesOfCall({ expression, arguments: [table] }: ts.CallExpression, drizzleTables: TableNames): Touch[] {
  if (!ts.isPropertyAccessExpression(expression) || !table || !ts.isIdentifier(table)) return []
  const name = drizzleTables.get(table.text)
  if (name === undefined) return []
  if (readingCalls.includes(expression.name.text)) return [{ table: name, way: 'reads' }]
  return writingCalls.includes(expression.name.text) ? [{ table: name, way: 'writes' }] : []
}

/** A template as SQL: table objects by their names, every other value as `?`. */
function sqlOf(template: ts.TemplateLiteral, drizzleTables: TableNames): string {
  if (ts.isNoSubstitutionTemplateLiteral(template)) return template.text
  const spans = template.templateSpans.map(({ expression, literal }) => {
    const table = ts.isIdentifier(expression) ? drizzleTables.get(expression.text) : undefined
    return ` ${table ?? '?'} ${literal.text}`
  })
  return template.head.text + spans.join('')
}

/** The tables of one statement: those of its own `with` are left out. */
export function touchesOfSql(sql: string): Touch[] {
  const tokens = tokensOf(sql)
  const own = new Set(tokens.filter((_, at) => isNamedByWith(tokens, at)))
  return tokens
    .flatMap((_, at): Touch[] => {
      const written = tableWritten(tokens, at)
      if (written !== undefined) return [{ table: written, way: 'writes' }]
      return tablesRead(tokens, at).map((table) => ({ table, way: 'reads' }))
    })
    .filter(({ table }) => !own.has(table))
}

const tokensOf = (sql: string) =>
  [...sql.toLowerCase().matchAll(/'(?:[^']|'')*'|--[^\n]*|"[^"]*"|[a-z_]\w*|[^\s\w]/g)]
    .map(([token]) => token.replaceAll('"', ''))
    .filter((token) => !token.startsWith('--'))

/** `with name as (`, `, name as materialized (`. */
function isNamedByWith(tokens: string[], at: number): boolean {
  const before = tokens[at - 1] ?? ''
  const after = tokens.slice(at + 1).filter((token) => token !== 'materialized' && token !== 'not')
  return ['with', 'recursive', ','].includes(before) && after[0] === 'as' && after[1] === '('
}

function tableWritten(tokens: string[], at: number): string | undefined {
  const [word, next, afterNext] = tokens.slice(at)
  if (word === 'insert' && next === 'into') return afterNext
  if (word === 'delete' && next === 'from') return afterNext
  if (word === 'truncate') return next === 'table' ? afterNext : next
  // Not `for update`, nor the `do update set` of a conflict.
  const isStatement = word === 'update' && !['for', 'key', 'do'].includes(tokens[at - 1] ?? '')
  return isStatement ? next : undefined
}

/** What a `from`, `join` or `using` names, commas included; a query in parentheses is read when its own turn comes. */
function tablesRead(tokens: string[], at: number): string[] {
  const opens = ['from', 'join', 'using'].includes(tokens[at]!)
  const isPartOfExpression = ['distinct', 'delete'].includes(tokens[at - 1] ?? '') || tokens[at - 3] === 'extract'
  if (!opens || isPartOfExpression) return []
  const found: string[] = []
  for (let k = at + 1; k < tokens.length; k++) {
    while (['lateral', 'only'].includes(tokens[k]!)) k++
    const name = tokens[k]!
    if (name !== '(' && tokens[k + 1] !== '(' && /^[a-z_?]/.test(name)) found.push(name)
    if (name !== '(') k++
    k = afterParentheses(tokens, k)
    if (tokens[k] === 'as') k++
    if (/^[a-z_]/.test(tokens[k] ?? '') && tokens[at] === 'from' && tokens[k + 1] !== '.') k++
    k = afterParentheses(tokens, k)
    if (tokens[k] !== ',') break
  }
  return found
}

function afterParentheses(tokens: string[], at: number): number {
  if (tokens[at] !== '(') return at
  let depth = 0
  for (let k = at; k < tokens.length; k++) {
    if (tokens[k] === '(') depth++
    if (tokens[k] === ')' && --depth === 0) return k + 1
  }
  return tokens.length
}
