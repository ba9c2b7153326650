import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { describe, expect, test, vi } from 'vitest'
import { growthOf } from './support/regex-growth.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Where expressions meet the text of a model or an endpoint. */
const foreign = [
  'benchmarks/scoring/**/*.ts',
  'server/{baselines,battles,calls,endpoints,responses,runs}/**/*.ts',
  'server/core/{printable,secrets,storable}.ts',
]
const files = foreign.flatMap((pattern) => globSync(pattern, { cwd: root }))

type Expression = Pick<RegExp, 'source' | 'flags'>

/** Calls by which expressions that are put together inside functions come into being; the others do on import. */
const making: Record<string, () => Promise<unknown>> = {
  'server/responses/leak-check.ts': async () => {
    const { findLeak } = await import('#server/responses/leak-check.ts')
    const model = { name: 'A b+c', slug: 'a-b-c', organisation: 'D.', remoteModel: 'e/f_g' }
    return findLeak('', [model])
  },
  'server/endpoints/protocols/thinking/separate-thinking.ts': async () => {
    const { separateThinking } = await import('#server/endpoints/protocols/thinking/separate-thinking.ts')
    return separateThinking('', ['usual', '((a+)+)+$ [^'])
  },
  'server/baselines/picture/colours.ts': async () => {
    const { coloursIn } = await import('#server/baselines/picture/colours.ts')
    return coloursIn('')
  },
  'server/baselines/question.ts': async () => {
    const { readQuestion } = await import('#server/baselines/question.ts')
    return readQuestion('')
  },
  'server/runs/submissions/server-scores.ts': async () => {
    const { readScores } = await import('#server/runs/submissions/server-scores.ts')
    return readScores('', ['overall'])
  },
}

interface Found {
  literals: Expression[]
  /** How often the file writes `new RegExp(`. */
  made: number
}

function expressionsIn(file: string): Found {
  const source = ts.createSourceFile(file, readFileSync(join(root, file), 'utf8'), ts.ScriptTarget.Latest, true)
  const found: Found = { literals: [], made: 0 }
  const walk = (node: ts.Node) => {
    if (ts.isRegularExpressionLiteral(node)) {
      const end = node.text.lastIndexOf('/')
      found.literals.push({ source: node.text.slice(1, end), flags: node.text.slice(end + 1) })
    }
    if ((ts.isNewExpression(node) || ts.isCallExpression(node)) && node.expression.getText() === 'RegExp') found.made++
    ts.forEachChild(node, walk)
  }
  walk(source)
  return found
}

const makers = files.filter((file) => expressionsIn(file).made > 0)

/** The expressions that each file makes, by the place at which it does, while it is imported and called. */
async function madeExpressions(): Promise<Map<string, Map<string, Expression[]>>> {
  const made = new Map(makers.map((file) => [file, new Map<string, Expression[]>()]))
  const watched = new Proxy(RegExp, {
    construct(target, args: [string, string?]) {
      const expression = new target(...args)
      const caller = new Error().stack!.split('\n')[2]!
      const places = made.get(makers.find((file) => caller.includes(`/${file}:`)) ?? '')
      places?.set(caller, [...(places.get(caller) ?? []), expression])
      return expression
    },
  })
  vi.stubGlobal('RegExp', watched)
  vi.resetModules()
  for (const file of makers) await (making[file]?.() ?? import(join(root, file)))
  vi.unstubAllGlobals()
  return made
}

describe('expressions that meet foreign text take linear time by their build', () => {
  test.each(files)('%s', (file) => {
    const faults = expressionsIn(file).literals.flatMap((expression) =>
      growthOf(expression).map((fault) => `/${expression.source}/${expression.flags}: ${fault}`),
    )
    expect(faults).toEqual([])
  })

  test('those that are put together, each place at which they are', async () => {
    const made = await madeExpressions()
    const seen = makers.map((file) => [file, made.get(file)!.size])
    expect(seen).toEqual(makers.map((file) => [file, expressionsIn(file).made]))
    const all = [...made.values()].flatMap((places) => [...places.values()].flat())
    expect(all.flatMap((made) => growthOf(made).map((fault) => `${String(made)}: ${fault}`))).toEqual([])
  })
})

describe('growth is seen', () => {
  test.each([
    /(a+)+b/,
    /(?:a|a)*b/,
    /(?:a*)*b/,
    /\s*"?\s*x/,
    /\s+$/,
    /\d+;/,
    /a.*b.*c/,
    /^.*:.*:.*!/,
    /<(?:think)>[^]*<\/think>/i,
    /image\w*[^.]{0,60}too large/i,
    /\bx\d*\s*=\s*["']?\s*(\d{1,4})\s*["']?\s+y/gi,
    /x{0,200}x{0,200}y/,
    /a(?!b+c)/,
    /(a)\1/,
    /(?<=\w)\d+;/,
    /^\s+x/m,
  ])('in %s', (expression) => {
    expect(growthOf(expression)).not.toEqual([])
  })

  test.each([
    /a+/,
    /\s+/g,
    /^\s+$/,
    /^(?:ab|ac)+$/,
    /\bx\d*\s*=\s*(?:["']\s*)?(\d{1,4})(?:\s*["'])?\s+y/gi,
    /(?<!\s)\s+(?=\()/,
    /\b\d+;/,
    /(?<!\d)\d+;/,
    /\s*\S{1,4}/gy,
    /x{0,20}x{0,20}y/,
    /(?<![\p{L}\p{N}])Qwen[\w.]*(?![\p{L}\p{N}])/u,
    /"[^"]*"/g,
    /$^/,
  ])('but not in %s', (expression) => {
    expect(growthOf(expression)).toEqual([])
  })
})
