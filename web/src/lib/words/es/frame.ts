import type { FrameWords } from '../en/frame.ts'

export const words: FrameWords = {
  home: 'VLM Arena, inicio',
  close: 'Cerrar',
  switchTheme: 'Cambiar entre claro y oscuro',
  language: 'Idioma',
  languageNotKept: 'No se pudo cambiar el idioma. Inténtalo de nuevo cuando vuelva la conexión.',
  skipToContent: 'Ir al contenido',
  mainNavigation: 'Menú principal',
  rate: 'Evaluar',
  leaderboard: 'Clasificación',
  runs: 'Ejecuciones',
  benchmarks: 'Pruebas',
  rater: 'Persona que evalúa',
  accountOf: ({ name }) => `Cuenta: ${name}`,
  signOut: 'Cerrar sesión',
  notMade: 'No se pudo crear la página.',
  status: ({ status }) => `Código ${status}`,
  statusOfRequest: ({ status }) => `Código ${status}, petición`,
  tryAgain: 'Intentar de nuevo',
  openStart: 'Abrir la página de inicio',
  openLeaderboard: 'Abrir la clasificación',
}
