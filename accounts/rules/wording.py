"""How this room's codes read, in German and English. One entry per code."""

TABLE: dict[str, dict[str, str]] = {
    "audit.agreement.changed": {"de": "Vertrag geändert", "en": "Agreement changed"},
    "audit.agreement.created": {"de": "Vertrag angelegt", "en": "Agreement created"},
    "audit.agreement.deleted": {"de": "Vertrag gelöscht", "en": "Agreement deleted"},
    "audit.announcement.changed": {"de": "Hinweis geändert", "en": "Announcement changed"},
    "audit.announcement.created": {"de": "Hinweis veröffentlicht", "en": "Announcement made"},
    "audit.announcement.deleted": {"de": "Hinweis gelöscht", "en": "Announcement deleted"},
    "audit.article.archived": {"de": "Artikel archiviert", "en": "Article archived"},
    "audit.article.created": {"de": "Artikel angelegt", "en": "Article created"},
    "audit.article.file_added": {"de": "Datei zum Artikel hinzugefügt", "en": "File added to article"},
    "audit.article.file_removed": {"de": "Datei des Artikels gelöscht", "en": "File of article deleted"},
    "audit.article.placed": {"de": "Artikel eingeordnet", "en": "Article placed"},
    "audit.article.published": {"de": "Artikel veröffentlicht", "en": "Article published"},
    "audit.article.quoted": {
        "de": "Artikeltext in Antwort eingefügt, den der Kunde nicht lesen kann",
        "en": "Text of an article the customer may not read put into a reply",
    },
    "audit.article.related": {"de": "Artikel verknüpft", "en": "Articles related"},
    "audit.article.restored": {"de": "Artikel zurückgeholt", "en": "Article taken back"},
    "audit.article.review_asked": {"de": "Artikel zur Prüfung gegeben", "en": "Review of article asked for"},
    "audit.article.unrelated": {"de": "Verknüpfung von Artikeln gelöst", "en": "Articles no longer related"},
    "audit.article.withdrawn": {"de": "Artikel zurückgezogen", "en": "Article withdrawn"},
    "audit.article.written": {"de": "Artikel geschrieben", "en": "Article written"},
    "audit.category.changed": {"de": "Kategorie geändert", "en": "Category changed"},
    "audit.category.created": {"de": "Kategorie angelegt", "en": "Category created"},
    "audit.category.deleted": {"de": "Kategorie gelöscht", "en": "Category deleted"},
    "audit.feedback.handled": {"de": "Rückmeldung erledigt", "en": "Feedback handled"},
    "audit.feedback.reopened": {"de": "Rückmeldung wieder offen", "en": "Feedback open again"},
    "audit.backup.restored": {"de": "Sicherung eingespielt", "en": "Backup restored"},
    "audit.company.changed": {"de": "Unternehmen geändert", "en": "Company changed"},
    "audit.company.created": {"de": "Unternehmen angelegt", "en": "Company created"},
    "audit.contact.changed": {"de": "Ansprechpartner geändert", "en": "Contact changed"},
    "audit.contact.access_withdrawn": {"de": "Portalzugang geschlossen", "en": "Portal access closed"},
    "audit.contact.not_invited": {
        "de": "Einladung einer fremden Adresse abgelehnt",
        "en": "Invitation of a foreign address refused",
    },
    "audit.contact.rights_changed": {"de": "Rechte im Portal geändert", "en": "Rights in the portal changed"},
    "audit.contact.signed_up": {"de": "Selbst angemeldet", "en": "Signed up"},
    "audit.contact.created": {"de": "Ansprechpartner angelegt", "en": "Contact created"},
    "audit.customer.changed": {"de": "Kunde geändert", "en": "Customer changed"},
    "audit.customer.created": {"de": "Kunde angelegt", "en": "Customer created"},
    "audit.delivery.retried": {"de": "E-Mail noch einmal gesendet", "en": "Mail sent once more"},
    "audit.level.changed": {"de": "Servicestufe geändert", "en": "Service level changed"},
    "audit.level.created": {"de": "Servicestufe angelegt", "en": "Service level created"},
    "audit.notice.retried": {"de": "E-Mail noch einmal gesendet", "en": "Mail sent once more"},
    "audit.notice.trial": {"de": "Probemail gesendet", "en": "Trial mail sent"},
    "audit.level.deleted": {"de": "Servicestufe gelöscht", "en": "Service level deleted"},
    "audit.second_factor.all_removed": {
        "de": "Zweite Faktoren entfernt (verloren)",
        "en": "Second factors removed (lost)",
    },
    "audit.second_factor.app_added": {
        "de": "Authenticator-App eingerichtet",
        "en": "Authenticator app set up",
    },
    "audit.second_factor.app_removed": {
        "de": "Authenticator-App entfernt",
        "en": "Authenticator app removed",
    },
    "audit.second_factor.codes_renewed": {
        "de": "Wiederherstellungscodes erneuert",
        "en": "Recovery codes renewed",
    },
    "audit.second_factor.passkey_added": {"de": "Passkey hinzugefügt", "en": "Passkey added"},
    "audit.second_factor.passkey_removed": {"de": "Passkey entfernt", "en": "Passkey removed"},
    "audit.second_factor.passkey_renamed": {"de": "Passkey umbenannt", "en": "Passkey renamed"},
    "audit.session.ended": {"de": "Sitzungen beendet", "en": "Sessions ended"},
    "audit.set_up.finished": {"de": "Einrichtung abgeschlossen", "en": "Set-up finished"},
    "audit.standing_change.set_aside": {
        "de": "Rang nicht anwendbar, zurückgestellt",
        "en": "Rank cannot be applied, set aside",
    },
    "audit.team.changed": {"de": "Team geändert", "en": "Team changed"},
    "audit.team.created": {"de": "Team angelegt", "en": "Team created"},
    "audit.token.created": {"de": "API-Token angelegt", "en": "API token created"},
    "audit.token.revoked": {"de": "API-Token widerrufen", "en": "API token revoked"},
    "audit.user.changed": {"de": "Benutzer geändert", "en": "User changed"},
    "audit.user.created": {"de": "Benutzer angelegt", "en": "User created"},
    "audit.user.invited": {"de": "Benutzer eingeladen", "en": "User invited"},
    "audit.user.password_link_sent": {
        "de": "Link für ein neues Passwort gesendet",
        "en": "Link for a new password sent",
    },
}


def act_words(verb: str, language: str) -> str:
    """What was done, for a line of the audit trail. A verb without words is shown as it is kept."""
    words = TABLE.get(f"audit.{verb}")
    return words["de" if language.startswith("de") else "en"] if words else verb
