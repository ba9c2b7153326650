/**
 * Text from outside as PostgreSQL can hold it: a NUL and each half of a surrogate pair become U+FFFD. Reaches into arrays
 * and plain objects, names of members included; anything else stays as it is.
 */
export function storable<Value>(value: Value): Value {
  return mapped(value) as Value
}

/** The first place in a value, as `a.0.b`, whose text PostgreSQL cannot hold; undefined when it can hold all of it. */
export function findUnstorable(value: unknown, place = ''): string | undefined {
  if (typeof value === 'string') return value.includes('\0') || !value.isWellFormed() ? place : undefined
  if (!Array.isArray(value) && !isPlain(value)) return undefined
  for (const [name, member] of Object.entries(value)) {
    const inside = place === '' ? name : `${place}.${name}`
    if (findUnstorable(name) !== undefined) return storable(inside)
    const found = findUnstorable(member, inside)
    if (found !== undefined) return found
  }
  return undefined
}

function mapped(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll('\0', '\ufffd').toWellFormed()
  if (Array.isArray(value)) return value.map(mapped)
  if (!isPlain(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [mapped(name), mapped(member)]))
}

function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
