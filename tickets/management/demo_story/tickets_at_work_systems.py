"""Open and in somebody's hands, teams Infrastruktur and Netzwerk: what agents find under "my work".

Each of them was touched within the last three hours, so that none goes back to the queue by itself.
"""

from __future__ import annotations

from tickets.management.demo_story.shapes import (
    DAY,
    HOUR,
    Confirmation,
    Ticket,
    contact_wrote,
    note,
    prose,
    reply,
)

TICKETS_AT_WORK_SYSTEMS = (
    Ticket(
        customer="brandl",
        contact="sabine-kern",
        team="infrastructure",
        subject="Terminalserver: Anmeldung dauert zehn Minuten",
        body=prose("""
            Seit Schichtbeginn dauert die Anmeldung am Terminalserver zehn Minuten und länger, vorher war es
            unter einer. Der Bildschirm bleibt bei „Benutzerprofildienst“ stehen. Wer einmal angemeldet ist,
            arbeitet normal. Es betrifft alle 14 Plätze in der Arbeitsvorbereitung, deshalb meldet sich bei
            uns niemand mehr ab.
        """),
        severity="high",
        channel="portal",
        arrived_ago=2 * HOUR + 40,
        confirmed=Confirmation(
            "agent1", 9, "high", "Eine ganze Abteilung ist betroffen, sie kann aber arbeiten."
        ),
        assignee="agent1",
        assigned_after=7,
        talk=(
            reply(
                "agent1",
                11,
                """
                Guten Tag Frau Kern,

                ich sehe mir den Server jetzt an. Bitte lassen Sie die angemeldeten Sitzungen offen, dann
                kann vorerst jeder weiterarbeiten. Hat gestern jemand ein neues Profil oder einen neuen
                Drucker bekommen?

                | Viele Grüße
                | Anna Berger
                """,
            ),
            contact_wrote(
                "sabine-kern", 26, "Ja, im Versand steht seit gestern Nachmittag ein neuer Etikettendrucker."
            ),
            note(
                "agent1",
                88,
                """
                Der Druckertreiber wird bei jeder Anmeldung neu geladen, pro Benutzer 1,1 GB. Treiber aus
                der Verteilung genommen, Probe mit dem Testkonto: 40 Sekunden. Warte, bis sich zwei Leute
                aus der Frühschicht neu anmelden.
                """,
            ),
        ),
    ),
    Ticket(
        customer="stadtwerke",
        contact="bernd-kratzer",
        team="network",
        subject="Verbindung zum Wasserwerk bricht stündlich ab",
        body=prose("""
            Guten Tag,

            die Standortverbindung zwischen Verwaltung und Wasserwerk fällt seit gestern Abend ungefähr jede
            Stunde für zwei bis drei Minuten aus. Danach baut sie sich von selbst wieder auf. Telefonate
            brechen ab, und die Messwerte kommen lückenhaft an. Der Anbieter sagt, die Leitung sei in
            Ordnung.

            | Mit freundlichen Grüßen
            | Bernd Kratzer
        """),
        severity="high",
        channel="mail",
        arrived_ago=5 * HOUR + 31,
        confirmed=Confirmation("agent2", 245, "high", "Betriebsmesswerte fehlen, Ersatzweg gibt es nicht."),
        assignee="agent2",
        assigned_after=240,
        talk=(
            reply(
                "agent2",
                252,
                """
                Guten Tag Herr Kratzer,

                beide Router starten den Tunnel genau alle 60 Minuten neu, das spricht für unterschiedliche
                Laufzeiten der Schlüssel. Ich gleiche die Einstellung an, dabei ist die Verbindung einmal
                für etwa eine Minute weg. Passt Ihnen das innerhalb der nächsten Stunde?

                | Viele Grüße
                | Tobias Huber
                """,
            ),
            contact_wrote(
                "bernd-kratzer",
                281,
                "Ja, bitte gleich. Ich habe im Wasserwerk Bescheid gegeben.",
                "mail",
            ),
            note(
                "agent2",
                312,
                "Angeglichen, Tunnel steht. Beobachte zwei volle Stunden, bevor ich das Ticket löse.",
            ),
        ),
    ),
    Ticket(
        customer="isartal",
        contact="florian-haas",
        team="infrastructure",
        subject="Speichersystem meldet Festplatte mit Vorwarnung",
        body=prose("""
            Automatisch gemeldet von ISA-STOR01: Laufwerk 0:7 meldet „Predictive failure“, 31 neu
            zugeordnete Sektoren seit gestern. Der Verbund ist vollständig, ein Ersatzlaufwerk steht bereit.
            Ansprechpartner im Haus: Florian Haas, Durchwahl 131.
        """),
        severity="normal",
        channel="api",
        arrived_ago=9 * HOUR + 7,
        assignee="agent2",
        assigned_after=7 * HOUR + 5,
        talk=(
            reply(
                "agent2",
                7 * HOUR + 21,
                """
                Guten Tag Herr Haas,

                eine Festplatte in Ihrem Speichersystem kündigt ihren Ausfall an. Daten sind nicht in
                Gefahr. Ich stoße jetzt den Umzug auf das Ersatzlaufwerk an, er dauert rund zwei Stunden und
                macht das System etwas langsamer.

                | Viele Grüße
                | Tobias Huber
                """,
            ),
        ),
    ),
    Ticket(
        customer="tierklinik",
        contact="martin-seidl",
        team="network",
        subject="Röntgenbilder laden sehr langsam",
        body=prose("""
            Hallo zusammen,

            im neuen Behandlungsraum 3 dauert es bis zu einer Minute, bis ein Röntgenbild am Bildschirm
            erscheint. In den alten Räumen sind es zwei, drei Sekunden. Der Rechner ist derselbe wie vorher,
            er ist nur umgezogen. Für Notfälle gehen wir nach nebenan.

            | Viele Grüße
            | Martin Seidl
        """),
        severity="normal",
        channel="mail",
        arrived_ago=DAY + HOUR + 3,
        assignee="agent2",
        assigned_after=22 * HOUR + 40,
        assigned_how="picked",
        assigned_reason="Ich bin morgen ohnehin im Neubau und kann die Dose dort messen.",
        talk=(
            note(
                "agent2",
                22 * HOUR + 58,
                """
                Port am neuen Switch läuft nur mit 10 Mbit/s. Verdacht: Dose 3.04 falsch aufgelegt. Den
                Elektriker des Neubaus über Dr. Seidl angefragt, messe die Dose beim Termin morgen selbst
                nach.
                """,
            ),
        ),
    ),
    Ticket(
        customer="lindner",
        contact="nadine-fuchs",
        team="network",
        subject="Anzeigetafel in der Werkstatt zeigt alte Aufträge",
        body=prose("""
            Auf der großen Anzeige in der Werkstatt stehen noch die Aufträge von vorgestern. Unten rechts
            ist ein kleines durchgestrichenes WLAN-Zeichen. Aus- und einschalten hat nicht geholfen. Die
            Mechaniker kommen jetzt eben nach vorne und fragen.
        """),
        severity="low",
        channel="portal",
        arrived_ago=DAY + 4 * HOUR + 12,
        assignee="agent4",
        assigned_after=DAY + 2 * HOUR + 20,
        talk=(
            reply(
                "agent4",
                DAY + 2 * HOUR + 31,
                """
                Guten Tag Frau Fuchs,

                die Anzeige hängt noch am alten WLAN „Lindner-Halle“, das vorgestern abgeschaltet wurde. Ich
                melde sie heute am neuen an. Sie müssen dafür nichts tun.

                | Viele Grüße
                | Mehmet Aydin
                """,
            ),
        ),
    ),
)
