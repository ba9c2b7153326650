import type { DialogWords } from '../en/dialogs.ts'
import { say } from './say.ts'

export const words: DialogWords = {
  addressBringsYouBack:
    'Sie führt Sie als dieselbe Person zurück, auf jedem Gerät und so oft Sie möchten. Wer sie hat, bewertet in Ihrem Namen.',
  seenByOthers:
    'Hat jemand anderes sie gesehen? Eine neue macht sie ungültig, wenn Sie sie beim Beitritt erhalten haben.',
  addressNotHere:
    'Dieser Browser kennt sie nicht. Eine neue macht die Adresse ungültig, die Sie beim Beitritt erhalten haben.',
  makeNewAddress: 'Neue Adresse erstellen',

  betterAnswer: { model_a: 'A ist besser', model_b: 'B ist besser' },
  why: 'Warum? Wählen Sie, was zutrifft, oder nichts.',
  reasons: {
    correct: 'Richtiger',
    complete: 'Vollständiger',
    clear: 'Klarer',
    concise: 'Näher an der Sache',
    points: 'Zeigt besser auf das Bild',
    safe: 'Unbedenklicher',
  },
  howMuchBetter: 'Wie viel besser?',
  strengths: { much: 'Viel besser', slightly: 'Etwas besser' },
  giveVerdict: 'Urteil abgeben',
  givenWithThis: 'Damit ist das Urteil abgegeben. Schließen Sie das Fenster, um neu zu urteilen.',

  tryAgain: 'Noch einmal versuchen',
  fetchingGuidelines: 'Die Anleitung wird geholt…',

  useSingleKeys: 'Einzelne Tasten auf diesem Gerät benutzen',
  does: {
    undo: 'Letztes Urteil zurücknehmen',
    report: 'Diese Aufgabe melden',
    image: 'Zum Bild gehen; Pfeiltasten verschieben es dann',
    'zoom-in': 'Vergrößern',
    'zoom-out': 'Verkleinern',
    fit: 'Das ganze Bild zeigen',
    'next-point': 'Nächster Punkt',
    'scroll-a': 'Antwort A weiterblättern',
    'scroll-b': 'Antwort B weiterblättern',
    guidelines: 'Anleitung',
    keys: 'Diese Übersicht',
  },
  pressKey: 'Taste drücken',
  pressKeyFor: ({ does }) => `Taste drücken: ${does}`,
  change: 'Ändern',
  changeKeyFor: ({ does }) => `Ändern: ${does}`,
  moveImageFocused: 'Das Bild verschieben, solange es den Fokus hat',
  closeWhatIsOpen: 'Schließen, was offen ist',
  setKeysBack: 'Alle Tasten zurücksetzen',
  keyChanged: 'Die Taste ist auf diesem Gerät geändert.',
  noSign: 'Es kann nur ein Buchstabe, eine Ziffer oder ein Zeichen gewählt werden.',
  keyTaken: ({ key, does }) => `${key} ist schon belegt: ${does}.`,
  keysRest: 'Die Tasten ruhen, während Sie schreiben oder ein Fenster wie dieses offen ist.',
  leastTime: ({ seconds }) =>
    `Eine Aufgabe nimmt ein Urteil an, sobald sie ${say.time(seconds, 'second')} lang zu sehen war. So beurteilt ein doppelter Druck nichts Ungelesenes.`,

  signOutTitle: 'Vom Bewerten abmelden?',
  nextStartsAsOther:
    'Wer als Nächstes diesen Browser benutzt, beginnt als jemand anderes, über einen Einladungslink oder eine eigene Adresse.',
  verdictsWait: ({ count }) =>
    say.plural(count, {
      one: 'Ein Urteil von Ihnen wartet noch hier. Es bleibt und wird in Ihrem Namen gesendet, sobald Sie in diesem Browser zurück sind.',
      other: `${say.number(count)} Urteile von Ihnen warten noch hier. Sie bleiben und werden in Ihrem Namen gesendet, sobald Sie in diesem Browser zurück sind.`,
    }),
  keepAddress: 'Bewahren Sie Ihre eigene Adresse auf: Sie führt Sie zurück',
  comeBackBy: 'Sie kommen über Ihre eigene Adresse oder Ihren persönlichen Link zurück.',
  stay: 'Bleiben',
  signOut: 'Abmelden',

  whatIsWrong: 'Was nicht stimmt',
  faults: {
    image: 'Das Bild fehlt oder ist beschädigt',
    unsafe: 'Etwas hier ist gefährlich oder verletzend',
    private: 'Etwas hier ist privat und betrifft eine Person',
    leak: 'Eine Antwort verrät, welches Modell sie geschrieben hat',
    other: 'Etwas anderes',
  },
  wordOnIt: 'Ein Wort dazu, wenn Sie möchten',
  leftOutNext: 'Die Aufgabe wird ohne Urteil ausgelassen, und die nächste kommt.',
  reportAndGoOn: 'Melden und weiter',

  stopTitle: 'Ganz aufhören?',
  noPanel:
    'Sie sind nicht über ein Panel gekommen: Es gibt keinen Platz zurückzugeben. Sie können einfach aufhören und wiederkommen, wann Sie möchten.',
  placeGoesToOther:
    'Wenn Sie über ein Panel wie Prolific gekommen sind, geht Ihr Platz an jemand anderen, und es wird kein Abschlusscode gezeigt. Ihre bisherigen Urteile bleiben erhalten. Für eine Unterbrechung drücken Sie stattdessen auf Pause.',
  goOnRating: 'Weiter bewerten',
  givePlaceBack: 'Meinen Platz zurückgeben',

  languageOfPage: 'Sprache dieser Seite',
  languageHint:
    'Schaltflächen und Hinweise ändern sich. Fragen, Antworten und die eigenen Texte der Studie bleiben, wie sie geschrieben wurden.',
}
