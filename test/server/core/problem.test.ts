import { expect, test, vi } from 'vitest'
import { endWithSentence, exitCodes } from '#server/core/terminal/exit.ts'
import { InputError, notFound } from '#server/core/problem.ts'

test('bad input from a person is one sentence for a command and a 400 for the API', () => {
  const error = new InputError('votes.csv, line 3: no model is named.', { cause: 'a cause' })
  expect(error.message).toBe('votes.csv, line 3: no model is named.')
  expect(error.cause).toBe('a cause')
  expect(error.toJSON()).toEqual({
    type: '/problems/invalid-input',
    title: 'Some of what was sent does not fit',
    status: 400,
    detail: 'votes.csv, line 3: no model is named.',
  })
})

test.for([
  ['bad input', new InputError('There is no file a.csv.'), exitCodes.usage, 'arena: There is no file a.csv.'],
  ['what is not there', notFound('No run 7'), exitCodes.usage, 'arena: There is nothing here: No run 7'],
] as const)('a command that meets %s ends with its sentence and code', ([, error, code, words]) => {
  const printed = vi.spyOn(console, 'error').mockImplementation(() => {})
  const before = process.exitCode
  try {
    endWithSentence(error)
    expect([process.exitCode, printed.mock.calls]).toEqual([code, [[words]]])
  } finally {
    process.exitCode = before
    printed.mockRestore()
  }
})
