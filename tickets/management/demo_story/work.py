"""Work that Berger IT entered on its tickets: covered, split at five, without a contract, given for nothing.

Days are working days before the story is loaded, clock times are local.
"""

from __future__ import annotations

from tickets.management.demo_story.shapes import Worked

__all__ = ["WORK"]

WORK = (
    Worked(
        "Konstruktionsordner für Auszubildende freigeben", "agent1", 5, "10:00", 25, "remote", "remote",
        text="Ordner freigegeben, Rechte mit Herrn Brandl geprüft.",
    ),
    Worked(
        "E-Mail-Versand komplett gestört", "agent2", 4, "16:40", 40, "remote", "remote",
        text="Postausgang neu gestartet, zurückgestellte Nachrichten verschickt.",
        remark="Das Zertifikat läuft im Januar wieder ab.",
    ),
    Worked(
        "Kamera im Aufwachraum liefert kein Bild", "agent2", 3, "13:30", 50, "on_site", "on-site",
        text="Netzwerkdose getauscht, Bild wieder da.",
    ),
    Worked(
        "Kontakte auf ein neues Telefon übertragen", "agent4", 2, "09:15", 20, "advice", "phone",
        text="Kontakte gemeinsam am Telefon übertragen.",
    ),
    Worked(
        "Update der Scansoftware schlägt fehl", "agent1", 2, "11:00", 35, "advice", "phone",
        text="Am Telefon durch das Entfernen der alten Version und das Update geführt.",
        remark="Unser Paket war fehlerhaft.",
        decided="covered", reason="Kulanz: Der Fehler lag in unserem Paket.",
    ),
)  # fmt: skip
