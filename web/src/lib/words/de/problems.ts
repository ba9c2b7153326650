import { inWords } from '../problem-sentences.ts'

export const words = {
  sentenceOf: inWords({
    problems: {
      'already-voted': 'Zu dieser Aufgabe gibt es schon ein anderes Urteil von Ihnen.',
      'another-rater': 'In diesem Browser ist jemand anderes angemeldet.',
      busy: 'Der Server ist gerade ausgelastet. Versuchen Sie es gleich noch einmal.',
      'consent-needed':
        'Stimmen Sie zuerst den Bedingungen der Studie zu. Wenn sie sich geändert haben, öffnen Sie den Einladungslink noch einmal.',
      'foreign-request': 'Die Anfrage kam nicht von dieser Seite. Laden Sie die Seite neu.',
      'invalid-input': 'Etwas von dem, was gesendet wurde, passt nicht. Laden Sie die Seite neu.',
      'lease-over': 'Diese Aufgabe ist nicht mehr für Sie reserviert.',
      'link-personal':
        'Dieser Link ist für eine bestimmte Person. Öffnen Sie ihn in einem privaten Fenster, um ihn zu probieren.',
      'link-spent': 'Über diesen Link kommt niemand mehr hinein. Bitten Sie um einen neuen, wo Sie ihn erhalten haben.',
      'link-spent/expired':
        'Die Zeit dieses Links ist abgelaufen. Bitten Sie um einen neuen, wo Sie ihn erhalten haben.',
      'link-spent/revoked': 'Dieser Link wurde zurückgenommen. Bitten Sie um einen neuen, wo Sie ihn erhalten haben.',
      'link-spent/used-up': 'Dieser Link ist aufgebraucht. Bitten Sie um einen neuen, wo Sie ihn erhalten haben.',
      'link-unknown': 'Dieser Link ist nicht gültig. Prüfen Sie, ob die ganze Adresse kopiert wurde.',
      'not-allowed': 'Das ist mit dieser Anmeldung nicht möglich.',
      'not-enrolled': 'Sie gehören noch nicht zu dieser Studie. Öffnen Sie den Einladungslink noch einmal.',
      'not-found': 'Hier ist nichts. Die Adresse ist vielleicht alt oder hat einen Tippfehler.',
      'operators-try': 'Wer die Arena betreibt, probiert die Studie auf ihrer eigenen Seite aus.',
      'panel-id-missing':
        'Das Panel hat nicht mitgeteilt, wer Sie sind. Öffnen Sie die Studie noch einmal von Ihrem Panel aus.',
      'panel-over': 'Diese Studie nimmt vom Panel niemanden mehr auf. Geben Sie Ihren Platz beim Panel zurück.',
      'panel-over/expired': 'Die Zeit dieser Studie ist abgelaufen. Geben Sie Ihren Platz beim Panel zurück.',
      'panel-over/full': 'Alle Plätze dieser Studie sind vergeben. Geben Sie Ihren Platz beim Panel zurück.',
      'panel-over/stopped': 'Diese Studie wurde angehalten. Geben Sie Ihren Platz beim Panel zurück.',
      'panel-unknown': 'Diese Adresse ist nicht gültig. Öffnen Sie die Studie noch einmal von Ihrem Panel aus.',
      'rater-excluded': 'Ihre Arbeit in dieser Studie ist getan. Vielen Dank; mehr wird nicht von Ihnen erbeten.',
      'rater-paused': 'Das Bewerten ist für Sie angehalten.',
      'sign-in-needed': 'Melden Sie sich zuerst an: Öffnen Sie Ihren Einladungslink noch einmal.',
      'sign-in-needed/link-taken-back':
        'Ihr Link wurde zurückgenommen. Bitten Sie die Studienleitung um einen neuen; was Sie abgegeben haben, bleibt erhalten.',
      'study-over': 'Diese Studie ist geschlossen. Vielen Dank für Ihre Urteile.',
      'study-paused': 'Diese Studie macht Pause. Ihre Urteile sind aufbewahrt, und sie geht später weiter.',
      'tls-needed': 'Zum Anmelden braucht es hier eine https-Adresse. Geben Sie der Studienleitung Bescheid.',
      'too-late-to-undo': 'Nur die letzten fünf Urteile können zurückgenommen werden.',
      'too-many-requests': 'Das waren zu viele Anfragen auf einmal. Warten Sie eine Minute und versuchen Sie es dann.',
      'training-needed': 'Zuerst kommt die Übung. Laden Sie die Seite neu.',
      'vote-published': 'Auf diesem Urteil beruht schon eine veröffentlichte Rangliste; es bleibt.',
      'vote-withdrawn': 'Dieses Urteil wurde zurückgenommen.',
    },
    refused: ({ said }) => `Der Server hat das abgelehnt. Er sagt auf Englisch: „${said}“`,
    unreachable: 'Der Server ist nicht zu erreichen. Was auf dieser Seite steht, bleibt, wie es ist.',
    unreadable: 'Der Server hat etwas gesendet, das diese Seite nicht lesen kann. Laden Sie die Seite neu.',
  }),
}
