import type { TrainingWords } from '../en/training.ts'
import { say } from './say.ts'

const times = (count: number) => say.count(count, { one: 'Mal', other: 'Mal' })

export const words: TrainingWords = {
  title: 'Zuerst eine kurze Übung',
  what: ({ count }) =>
    say.plural(count, {
      one: 'Sie beurteilen eine Aufgabe, deren richtiges Urteil bekannt ist. Danach erfahren Sie, was erwartet wurde und warum. Nichts davon zählt als Urteil in der Studie.',
      other: `Sie beurteilen ${say.number(count)} Aufgaben, deren richtiges Urteil bekannt ist. Nach jeder erfahren Sie, was erwartet wurde und warum. Nichts davon zählt als Urteil in der Studie.`,
    }),
  bar: ({ needed, count }) =>
    `Wenn ${say.number(needed)} von ${say.number(count)} wie erwartet sind, geht es zu den Aufgaben der Studie.`,
  tries: ({ count }) => `Sie dürfen es ${times(count)} versuchen.`,
  begin: 'Anfangen',
  skip: 'Zu den Aufgaben',

  place: ({ place, count }) => `Übung, Aufgabe ${say.number(place)} von ${say.number(count)}`,
  sending: 'Ihr Urteil wird gesendet…',
  away: 'Keine Verbindung. Ihr Urteil wird von selbst gesendet, sobald sie wieder da ist; lassen Sie diesen Tab offen.',

  agrees: 'Wie erwartet',
  differs: 'Erwartet wurde ein anderes Urteil',
  yours: ({ verdict }) => `Ihr Urteil: ${verdict}.`,
  expected: ({ verdict }) => `Erwartet: ${verdict}.`,
  next: 'Weiter',

  failedTitle: 'Noch nicht ganz',
  result: ({ right, judged }) => `Von ${say.number(judged)} haben Sie ${say.number(right)} wie erwartet beurteilt.`,
  needs: ({ needed, count }) => `Die Studie verlangt ${say.number(needed)} von ${say.number(count)}.`,
  again: ({ count }) =>
    `Lesen Sie die Anleitung noch einmal und versuchen Sie es dann wieder. Sie dürfen das noch ${times(count)}, mit anderen Aufgaben, soweit es welche gibt.`,
  tryAgain: 'Noch einmal versuchen',
  guidelines: 'Anleitung',

  outTitle: 'Danke, dass Sie es versucht haben',
  outWhy: 'Diese Studie geht ohne Sie weiter. Das sagt nur etwas über diese Aufgaben und nichts über Sie.',
  stopHere: 'Hier aufhören',

  waitingTitle: 'Die Übung hat gerade keine Aufgabe',
  waiting: 'Die Studienleitung kann das sehen. Es geht hier von selbst weiter, oder Sie versuchen es später wieder.',

  throughTitle: 'Geschafft',
  through: 'Jetzt kommen die Aufgaben der Studie. Dort erfahren Sie nicht, was richtig ist: Ihr eigenes Urteil zählt.',
  goOn: 'Weiter zu den Aufgaben',

  refusedTitle: 'Die Übung konnte nicht weitergehen',
}
