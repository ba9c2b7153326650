type Row = Record<string, unknown>

/** Names under which tools wrap a list of rows. */
const wrappers = ['data', 'rows', 'votes', 'battles']

/**
 * The rows of an object that holds a whole table, as data frames are written: by columns (`{column: {index: value}}` or
 * `{column: [values]}`), by index, split into `columns` and `data`, or a list under a name; undefined for an object that
 * is a row itself. `isColumn` knows the names of columns. Throws RangeError for columns that differ in length.
 */
export function rowsOfFrame(value: Row, isColumn: (name: string) => boolean): Row[] | undefined {
  const keys = Object.keys(value)
  if (keys.length === 0 || keys.some((key) => isColumn(key) && !isTable(value[key]))) return undefined
  if (Array.isArray(value.columns) && isListOf(value.data, Array.isArray)) return splitRows(value.columns, value.data)
  const list = wrappers.map((key) => value[key]).find((part) => isListOf(part, isObject))
  if (list) return list.map((item) => (isObject(item.row) ? item.row : item))
  const parts = Object.values(value)
  if (isListOf(parts, Array.isArray)) return rowsOfColumns(keys, parts)
  if (!isListOf(parts, isObject)) return undefined
  if (!keys.some(isColumn)) return parts
  const indices = Object.keys(parts[0]!)
  return indices.map((index) => Object.fromEntries(keys.map((key, k) => [key, parts[k]![index]])))
}

const isObject = (value: unknown): value is Row => typeof value === 'object' && value !== null && !Array.isArray(value)
const isTable = (value: unknown) => typeof value === 'object' && value !== null

function isListOf<Item>(value: unknown, is: (item: unknown) => item is Item): value is Item[] {
  return Array.isArray(value) && value.length > 0 && value.every(is)
}

function splitRows(columns: unknown[], data: unknown[][]): Row[] {
  return data.map((cells, row) => {
    if (cells.length !== columns.length)
      throw new RangeError(`row ${row + 1} has not as many cells as there are columns`)
    return Object.fromEntries(columns.map((column, k) => [String(column), cells[k]]))
  })
}

function rowsOfColumns(names: string[], columns: unknown[][]): Row[] {
  const length = columns[0]!.length
  const other = columns.findIndex((column) => column.length !== length)
  if (other >= 0) throw new RangeError(`the columns ${names[0]} and ${names[other]} differ in length`)
  return columns[0]!.map((_, row) => Object.fromEntries(names.map((name, k) => [name, columns[k]![row]])))
}
