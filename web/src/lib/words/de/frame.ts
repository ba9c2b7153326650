import type { FrameWords } from '../en/frame.ts'

export const words: FrameWords = {
  home: 'VLM Arena, Startseite',
  close: 'Schließen',
  switchTheme: 'Zwischen hell und dunkel wechseln',
  language: 'Sprache',
  languageNotKept:
    'Die Sprache konnte nicht geändert werden. Versuchen Sie es noch einmal, wenn das Netz wieder da ist.',
  skipToContent: 'Zum Inhalt springen',
  mainNavigation: 'Hauptmenü',
  rate: 'Bewerten',
  leaderboard: 'Rangliste',
  runs: 'Läufe',
  benchmarks: 'Testreihen',
  rater: 'Bewertende Person',
  accountOf: ({ name }) => `Konto: ${name}`,
  signOut: 'Abmelden',
  notMade: 'Die Seite konnte nicht erstellt werden.',
  status: ({ status }) => `Statuscode ${status}`,
  statusOfRequest: ({ status }) => `Statuscode ${status}, Anfrage`,
  tryAgain: 'Noch einmal versuchen',
  openStart: 'Startseite öffnen',
  openLeaderboard: 'Rangliste öffnen',
}
