import { InputError } from '../core/problem.ts'

/** BCP 47 from a code, or from the English name of a language, as VisionArena has it. Throws InputError. */
export function languageOf(text: string): string {
  const named = (languageNames ??= nameLanguages()).get(text.toLowerCase())
  if (named) return named
  try {
    return Intl.getCanonicalLocales(text)[0]!
  } catch {
    throw new InputError(`'${text.slice(0, 80)}' is no language; give a code such as en or pt-BR`)
  }
}

let languageNames: Map<string, string> | undefined
function nameLanguages(): Map<string, string> {
  const letters = [...'abcdefghijklmnopqrstuvwxyz']
  const names = new Intl.DisplayNames('en', { type: 'language' })
  const codes = letters.flatMap((first) => letters.map((second) => first + second))
  return new Map(codes.map((code) => [names.of(code)!.toLowerCase(), code]))
}
