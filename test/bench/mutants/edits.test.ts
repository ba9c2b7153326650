import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { expect, test } from 'vitest'
import { codeEdits } from './code-edits.ts'
import { marksAt } from './function-marks.ts'
import { applied, nameEdits } from './mutation.ts'

const root = join(import.meta.dirname, '../../..')
const parse = (code: string) => ts.createSourceFile('code.ts', code, ts.ScriptTarget.Latest, true)
const changed = (code: string) => codeEdits(parse(code)).map((edit) => applied(code, edit))

test('a comparison is turned and its bound moved, a condition dropped, a constant changed', () => {
  expect(new Set(changed('if (a < 20 && !b) run()'))).toEqual(
    new Set([
      'if (true) run()',
      'if (false) run()',
      'if (a < 20) run()',
      'if (!b) run()',
      'if (a <= 20 && !b) run()',
      'if (a > 20 && !b) run()',
      'if (a < 40 && !b) run()',
      'if (a < 20 && b) run()',
    ]),
  )
})

test('in SQL, too, whatever is filled in; quoted words, comments and types are left alone', () => {
  const before = "sql`select count(*) from t where a <> ${b < 1} and c = 'x and y' limit 5 -- 6 < 7`"
  expect(new Set(changed(before))).toEqual(
    new Set([
      "sql`select count(*) from t where a = ${b < 1} and c = 'x and y' limit 5 -- 6 < 7`",
      "sql`select count(*) from t where c = 'x and y' limit 5 -- 6 < 7`",
      'sql`select count(*) from t where a <> ${b < 1} limit 5 -- 6 < 7`',
      "sql`select count(*) from t where a <> ${b < 1} and c <> 'x and y' limit 5 -- 6 < 7`",
      "sql`select count(*) from t where a <> ${b < 1} and c = 'x and y' limit 6 -- 6 < 7`",
      "sql`select count(*) from t where a <> ${b <= 1} and c = 'x and y' limit 5 -- 6 < 7`",
      "sql`select count(*) from t where a <> ${b > 1} and c = 'x and y' limit 5 -- 6 < 7`",
      "sql`select count(*) from t where a <> ${b < 2} and c = 'x and y' limit 5 -- 6 < 7`",
    ]),
  )
})

test('in SQL whose rows are read by a shape, too', () => {
  expect(changed('rowsOf(ctx, { id: calls.id })`select id from calls where id = 7`')).toContain(
    'rowsOf(ctx, { id: calls.id })`select id from calls where id <> 7`',
  )
})

test('what an update assigns is not compared', () => {
  expect(changed('sql`update t set a = b where c = d`')).toEqual([
    'sql`update t set a = b where c <> d`',
    'sql`update t set a = b `',
  ])
})

test('equal changes of equal lines are told apart by number, and found again after lines moved', () => {
  const names = (code: string) => nameEdits('f.ts', code, codeEdits(parse(code))).map(({ change }) => change)
  const code = 'x = a === b\nx = a === b\n'
  expect(names(code)).toEqual(['`===` becomes `!==`', '`===` becomes `!==` (2)'])
  expect(names(`// moved\n${code}`)).toEqual(names(code))
})

test('every change of the server’s code leaves code that can be read', () => {
  const unreadable = globSync('server/{raters,responses,battles}/*.ts', { cwd: root }).flatMap((file) => {
    const code = readFileSync(join(root, file), 'utf8')
    return changed(code).filter((text) => {
      const { parseDiagnostics } = parse(text) as unknown as { parseDiagnostics: unknown[] }
      return parseDiagnostics.length > 0
    })
  })
  expect(unreadable).toEqual([])
})

test('who calls a function can notice its change, who loads a file that of what stands in no function', () => {
  const code = parse('const limit = 5\nconst most = () => limit')
  const [calls, ...rest] = marksAt(code, code.text.indexOf('=> limit') + 3)
  expect(calls).toHaveLength(1)
  expect(rest).toEqual([calls, ['code.ts']])
  expect(marksAt(code, code.text.indexOf('5'))).toEqual([['code.ts']])
})
