"""How each line of a ticket's history reads, in German and English."""

EVENTS: dict[str, dict[str, str]] = {
    "event.mail_failed": {
        "de": "E-Mail nicht zugestellt ({mail:mail})[: {cause:undelivered}][: {answer}]",
        "en": "Mail not delivered ({mail:mail})[: {cause:undelivered}][: {answer}]",
    },
    "event.mail_muted": {
        "de": "{contact} möchte zu diesem Ticket keine E-Mails mehr",
        "en": "{contact} wants no more mail about this ticket",
    },
    "event.mail_unmuted": {
        "de": "{contact} bekommt wieder E-Mails zu diesem Ticket",
        "en": "{contact} gets mail about this ticket again",
    },
    "event.mail_retried": {
        "de": "E-Mail noch einmal gesendet ({mail:mail})",
        "en": "Mail sent once more ({mail:mail})",
    },
    "event.target_missed": {
        "de": "Ziel verfehlt: {target:target}, fällig war {due_at}",
        "en": "Target missed: {target:target}, due {due_at}",
    },
    "event.opened": {
        "de": "Eröffnet ({channel:channel})[ für {contact}][, Schweregrad {severity:severity}]",
        "en": "Opened ({channel:channel})[ for {contact}][, severity {severity:severity}]",
    },
    "event.phone_call": {
        "de": "Anruf[ von {caller}], {called_at}: {talked} Minuten gesprochen, {waited} gewartet",
        "en": "Call[ from {caller}], {called_at}: talked for {talked} minutes, waited {waited}",
    },
    "event.phone_call_out": {
        "de": "Anruf[ bei {caller}], {called_at}: {talked} Minuten gesprochen",
        "en": "Call[ to {caller}], {called_at}: talked for {talked} minutes",
    },
    "event.called_again": {
        "de": "Noch ein Anruf[ von {caller}], {called_at}: {how:unanswered}",
        "en": "Another call[ from {caller}], {called_at}: {how:unanswered}",
    },
    "event.replied": {"de": "Antwort an den Kunden", "en": "Reply to the customer"},
    "event.noted": {"de": "Interne Notiz", "en": "Internal note"},
    "event.attached": {"de": "Anhang: {name}", "en": "Attachment: {name}"},
    "event.severity_confirmed": {
        "de": "Schweregrad bestätigt: {new:severity}[ ({why})]",
        "en": "Severity confirmed: {new:severity}[ ({why})]",
    },
    "event.severity_changed": {
        "de": "Schweregrad geändert von {old:severity} auf {new:severity}[: {why}]",
        "en": "Severity changed from {old:severity} to {new:severity}[: {why}]",
    },
    "event.claimed": {"de": "Als nächstes Ticket übernommen", "en": "Taken as the next ticket"},
    "event.picked": {
        "de": "Gezielt übernommen[: {why}]",
        "en": "Picked out of turn[: {why}]",
    },
    "event.assigned": {
        "de": "Zugewiesen an {agent}[: {why}]",
        "en": "Assigned to {agent}[: {why}]",
    },
    "event.returned": {
        "de": "Zurück in der Warteschlange, zuletzt bei {agent}: {cause:returned}[ ({why})]",
        "en": "Back in the queue, last with {agent}: {cause:returned}[ ({why})]",
    },
    "event.declined": {"de": "Abgelehnt: {why}", "en": "Declined: {why}"},
    "event.status.wait_customer": {
        "de": "Wartet auf Kunde[: {why}]",
        "en": "Waiting for the customer[: {why}]",
    },
    "event.status.wait_third_party": {
        "de": "Wartet auf Dritte[: {why}]",
        "en": "Waiting for a third party[: {why}]",
    },
    "event.status.schedule": {
        "de": "Eingeplant bis {until_at}[: {why}]",
        "en": "Scheduled until {until_at}[: {why}]",
    },
    "event.status.resume": {"de": "Fortgesetzt[: {why}]", "en": "Resumed[: {why}]"},
    "event.status.solve": {"de": "Gelöst[: {why}]", "en": "Solved[: {why}]"},
    "event.status.close": {"de": "Geschlossen[: {why}]", "en": "Closed[: {why}]"},
    "event.status.reopen": {"de": "Wieder geöffnet[: {why}]", "en": "Reopened[: {why}]"},
    "event.status.customer_replied": {
        "de": "Wieder offen: Antwort des Kunden",
        "en": "Open again: the customer replied",
    },
    "event.status.scheduled_due": {
        "de": "Termin erreicht, wieder offen",
        "en": "Scheduled time reached, open again",
    },
    "event.status.auto_close": {
        "de": "Automatisch geschlossen[, {days} {days:Tag|Tage} nach der Lösung]",
        "en": "Closed automatically[, {days} {days:day|days} after it was solved]",
    },
    "event.rated": {
        "de": "Vom Kunden bewertet: {verdict:verdict}",
        "en": "Rated by the customer: {verdict:verdict}",
    },
    "event.approval_asked": {
        "de": "Freigabe erbeten[ von {contact}]: {item}, bis {ceiling:money} netto",
        "en": "Approval asked for[ from {contact}]: {item}, up to {ceiling:money} net",
    },
    "event.approval_approved": {
        "de": "Freigegeben von {name} ({how:answered}): {item}, bis {ceiling:money} netto"
        "[; Nachweis: {evidence}]",
        "en": "Approved by {name} ({how:answered}): {item}, up to {ceiling:money} net"
        "[; evidence: {evidence}]",
    },
    "event.approval_declined": {
        "de": "Nicht freigegeben von {name} ({how:answered}): {item}, bis {ceiling:money} netto"
        "[; Nachweis: {evidence}]",
        "en": "Declined by {name} ({how:answered}): {item}, up to {ceiling:money} net"
        "[; evidence: {evidence}]",
    },
    "event.approval_withdrawn": {
        "de": "Bitte um Freigabe zurückgezogen: {item}[ ({why})]",
        "en": "Request for approval withdrawn: {item}[ ({why})]",
    },
    "event.approval_expired": {
        "de": "Bitte um Freigabe ohne Antwort abgelaufen: {item}, bis {ceiling:money} netto",
        "en": "Request for approval ran out without an answer: {item}, up to {ceiling:money} net",
    },
    "event.pinned": {
        "de": "Vorgezogen bis {until_at}: {why}[; überholt: {overtook}]",
        "en": "Pinned until {until_at}: {why}[; overtook: {overtook}]",
    },
    "event.unpinned": {"de": "Nicht mehr vorgezogen[: {why}]", "en": "Unpinned[: {why}]"},
    "event.pin_expired": {"de": "Vorziehen ist abgelaufen", "en": "The pin has expired"},
    "event.moved_team": {
        "de": "Team geändert von {old} auf {new}[: {why}]",
        "en": "Moved from team {old} to {new}[: {why}]",
    },
    "event.customer_changed": {
        "de": "Kunde geändert von {old} auf {new}[: {why}]",
        "en": "Customer changed from {old} to {new}[: {why}]",
    },
    "event.contact_changed": {
        "de": "Ansprechpartner geändert[ von {old}][ auf {new}]",
        "en": "Contact changed[ from {old}][ to {new}]",
    },
    "event.subject_changed": {"de": "Betreff geändert, vorher: {old}", "en": "Subject changed, was: {old}"},
    "event.level_changed": {
        "de": "Neu eingereiht: Servicestufe {new} statt {old}[ ({why})]",
        "en": "Re-ranked: service level {new} instead of {old}[ ({why})]",
    },
    "event.level_gained": {
        "de": "Neu eingereiht: Servicevertrag {new} gilt jetzt[ ({why})]",
        "en": "Re-ranked: service agreement {new} is now in force[ ({why})]",
    },
    "event.level_lost": {
        "de": "Neu eingereiht: Servicevertrag {old} gilt nicht mehr[ ({why})]",
        "en": "Re-ranked: service agreement {old} is no longer in force[ ({why})]",
    },
    "event.files_held": {
        "de": "{files} {files:Datei|Dateien} ungelesen zurückgehalten",
        "en": "{files} {files:file|files} held back unread",
    },
    "event.file_released": {"de": "Zurückgehaltene Datei freigegeben", "en": "Held file released"},
    "event.file_held_again": {
        "de": "Datei wieder zurückgehalten: Die Erlaubnis zur Analyse ist beendet",
        "en": "File held back again: analysing it is no longer permitted",
    },
    "event.file_deleted": {
        "de": "Zurückgehaltene Datei ungelesen gelöscht",
        "en": "Held file deleted unread",
    },
    "event.time_entered": {
        "de": "{minutes} {minutes:Minute|Minuten} erfasst: {work:work}[, {chargeable} min kostenpflichtig]",
        "en": "{minutes} {minutes:minute|minutes} entered: {work:work}[, {chargeable} min chargeable]",
    },
    "event.time_covered": {
        "de": "Zeiteintrag über {minutes} min von Hand als abgedeckt entschieden: {why}",
        "en": "Time entry of {minutes} min decided by hand as covered: {why}",
    },
    "event.time_chargeable": {
        "de": "Zeiteintrag über {minutes} min von Hand als kostenpflichtig entschieden: {why}",
        "en": "Time entry of {minutes} min decided by hand as chargeable: {why}",
    },
    "event.time_redecided": {
        "de": "Zeiteintrag über {minutes} min wieder nach dem Vertrag entschieden: {why}",
        "en": "Time entry of {minutes} min decided by the agreement again: {why}",
    },
    "event.step_added": {"de": "Schritt hinzugefügt: {step}", "en": "Step added: {step}"},
    "event.step_done": {"de": "Schritt erledigt: {step}", "en": "Step done: {step}"},
    "event.step_undone": {
        "de": "Schritt doch nicht erledigt: {step}",
        "en": "Step not done after all: {step}",
    },
    "event.step_removed": {"de": "Schritt entfernt: {step}", "en": "Step removed: {step}"},
    "event.subject_named": {"de": "Betroffene Person genannt", "en": "Person concerned named"},
    "event.subject_removed": {
        "de": "Person von der Liste der Betroffenen genommen",
        "en": "Person taken off the list of people concerned",
    },
    "event.list_confirmed": {
        "de": "Bestätigt: außer {people} {people:genannten Person|genannten Personen} ist niemand betroffen",
        "en": "Confirmed: nobody but the {people} {people:person|people} named is concerned",
    },
    "event.list_reopened": {
        "de": "Liste der Betroffenen wieder offen",
        "en": "List of people concerned open again",
    },
    "event.consent_recorded": {
        "de": "Einwilligung festgehalten ({how:consented})",
        "en": "Consent recorded ({how:consented})",
    },
    "event.consent_withdrawn": {"de": "Einwilligung widerrufen", "en": "Consent withdrawn"},
    "event.session_started": {
        "de": "Fernwartung begonnen ({tool})",
        "en": "Remote session started ({tool})",
    },
    "event.session_ended": {
        "de": "Fernwartung beendet ({tool}, {minutes} min)",
        "en": "Remote session ended ({tool}, {minutes} min)",
    },
    "event.session_flagged": {
        "de": "Fernwartung ({tool}) läuft ohne Erlaubnis: Die Grundlage endete {closed_at}",
        "en": "Remote session ({tool}) runs without permission: what allowed it ended {closed_at}",
    },
    "event.time_voided": {
        "de": "Zeiteintrag über {minutes} min zurückgenommen: {why}",
        "en": "Time entry of {minutes} min taken back: {why}",
    },
}

WORKS: dict[str, dict[str, str]] = {
    "work.advice": {"de": "Beratung", "en": "advice"},
    "work.remote": {"de": "Fernwartung", "en": "remote support"},
    "work.log_analysis": {"de": "Logfile-Analyse", "en": "log analysis"},
    "work.installation": {"de": "Installation", "en": "installation"},
    "work.monitoring": {"de": "Überwachung", "en": "monitoring"},
    "work.on_site": {"de": "vor Ort", "en": "on site"},
    "work.travel": {"de": "Anfahrt", "en": "travel"},
}
"""Kinds of work, as history lines say them."""
