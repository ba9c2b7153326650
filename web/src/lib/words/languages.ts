import type { Language, Me } from '#server/accounts/schema.ts'

/** Every language of the raters' pages, by its own name. */
export const languageNames: Record<Language, string> = { en: 'English', es: 'Español', de: 'Deutsch' }

/** In which language a rater reads: their choice, else the study's, else what the browser asks for. */
export function languageFor(
  { language }: Pick<Me, 'language'>,
  study?: { language: Language | 'browser' } | null,
): Language {
  const ofStudy = study && study.language !== 'browser' ? study.language : null
  return language.chosen ?? ofStudy ?? language.asked
}
