"""Every page by its reader: what the accessibility tests walk. A new address needs a line here.

Names in braces are filled in by the test: tickets by their state, a link of a mail.
"""

from collections.abc import Collection, Iterable, Iterator

from django.urls import get_resolver, resolve
from django.urls.resolvers import URLPattern, URLResolver

from tickets.forms.acts import ACTS

STRANGERS = (
    *("/", "/service/", "/?lang={language}", "/accounts/login/", "/accounts/inactive/", "/accounts/signup/"),
    *("/accounts/password/reset/", "/accounts/password/set/", "/accounts/password/reset/done/"),
    *("/accounts/password/reset/key/1-x/", "{mailed_link}", "/accounts/password/reset/key/done/"),
    *("/accounts/link/", "/accounts/link/sent/", "/accounts/link/x/"),
    *("/portal/kb/?lang={language}", "/portal/kb/?lang={language}&q=drucker", "{shelf}", "{article}"),
    *("/portal/kb/?lang={language}&q=xqxqxq", "/portal/kb/{language}/{article_id}/feedback/?kind=outdated"),
    *("{approval_link}", "/approval/x/"),
    *("{way_out}", "/accounts/signup/sent/", "/accounts/signup/confirm/x/", "{sign_up_link}"),
)
GALLERY = (
    *("/gallery/", "/gallery/states/", "/gallery/portal_new/"),
    *(f"/gallery/{code}/" for code in ("400", "403", "403_csrf", "404", "500")),
)
AGENTS = (
    *("/desk/", "/desk/?severity=low&q=nichts", "/desk/work/", "/desk/duty/", "/desk/empty/"),
    *("/desk/waiting/", "/desk/waiting/?for=scheduled&whose=teams", "/desk/waiting/?for=third-party"),
    *("/desk/lost-mail/", "/desk/tickets/", "/desk/tickets/?q=gibt-es-nicht", "/desk/peek/?number={waiting}"),
    *("/desk/new/", "/desk/new/?q=gibt+es+nicht", "/desk/new/?customer={customer}"),
    *("/desk/agreements/", "/desk/agreements/?show=notice", "/desk/agreements/?q=gibt-es-nicht"),
    "/desk/agreements/{agreement}/",
    *("/desk/dpa/", "/desk/dpa/?show=in_force", "/desk/dpa/1/", "/desk/dpa/new/?q=gibt-es-nicht"),
    *(f"/desk/tickets/{{{state}}}/" for state in ("waiting", "mine", "theirs", "parked", "solved", "closed")),
    *(f"/desk/tickets/{{mine}}/{slug}/" for slug in ACTS if slug not in {"take", "customer"}),
    *("/desk/tickets/{mine}/consents/", "/desk/tickets/{mine}/time/", "/desk/tickets/{worked}/"),
    *("/desk/tickets/{waiting}/take/", "/accounts/logout/", "/accounts/password/change/"),
    *("/desk/calls/", "/desk/calls/?show=assign", "/desk/calls/?show=all&outcome=busy"),
    "/desk/calls/presence/",
    *("/desk/tickets/{mine}/articles/", "/desk/tickets/{waiting}/articles/?q=drucker"),
    *("/accounts/", "/accounts/app/", "/accounts/passkeys/add/", "/accounts/confirm/"),
)
LEADS = (
    *("/desk/", "/desk/starving/", "/desk/tickets/{waiting}/", "/desk/tickets/{waiting}/customer/"),
    *("/desk/time/", "/desk/time/?since=2020-01-01&until=2020-01-02"),
    *(
        "/desk/tickets/{worked}/",
        "/desk/tickets/{worked}/time/{entry}/decide/",
        "/desk/tickets/{worked}/time/{entry}/void/",
    ),
    *("/desk/ratings/", "/desk/ratings/?show=comments", "/desk/estimates/"),
    *("/desk/targets/", "/desk/targets/?period=days&first=2026-04-02&last=2026-04-01"),
    *("/desk/agreements/?show=ending", "/desk/agreements/?show=over", "/desk/agreements/{agreement}/"),
    *("/desk/agreements/{agreement}/renew/", "/desk/agreements/{agreement}/notice/"),
    *("/desk/dpa/?show=open", "/desk/dpa/?show=ended", "/desk/dpa/1/", "/desk/dpa/1/terminate/"),
    *("/desk/dpa/{offered}/", "/desk/dpa/{offered}/sign/", "/desk/dpa/{reviewed}/"),
    *("/desk/billing/", "/desk/billing/?month=2020-01", "/desk/billing/customers/{billed}/"),
    *("/desk/billing/charges/{charge}/waive/", "/desk/billing/statements/{statement}/"),
    *("/desk/calls/board/", "/desk/calls/log/", "/desk/calls/log/?q=gibt-es-nicht"),
    "/desk/calls/log/{call}/",
    *("/desk/calls/{call}/", "/desk/calls/{call}/ticket/", "/desk/calls/{call}/ticket/?customer=0&q=e"),
    "/desk/calls/reachability/",
    "/desk/calls/reachability/?period=days&first=2026-04-02&last=2026-04-01",
    *("/desk/subprocessors/", "/desk/subprocessors/draft/", "/desk/subprocessors/draft/entries/new/"),
    *("/desk/subprocessors/draft/entries/{entry_of_draft}/", "/desk/subprocessors/{version}/"),
    *("/desk/subprocessors/{version}/drop/", "/desk/subprocessors/objections/{objection}/"),
    *("/desk/dpa-rights/", "/desk/dpa-rights/?show=audits", "/desk/dpa-rights/?show=breaches"),
    *("/desk/dpa-rights/instructions/new/", "/desk/dpa-rights/instructions/{instruction}/"),
    *("/desk/dpa-rights/breaches/new/", "/desk/dpa-rights/breaches/{breach}/"),
    *("/desk/kb/", "/desk/kb/?state=archived", "/desk/kb/?q=gibt-es-nicht", "/desk/kb/inbox/"),
    "/desk/kb/searches/",
    *("/desk/kb/new/", "/desk/kb/categories/", "/desk/kb/categories/new/", "/desk/kb/categories/1/"),
    *("/desk/kb/1/de/", "/desk/kb/1/de/revisions/", "/desk/kb/1/de/revisions/1/", "/desk/kb/1/de/publish/"),
    *("/desk/kb/1/de/archive/", "/desk/kb/1/place/", "/desk/kb/1/related/?q=e"),
)
CONTACTS = (
    *("/portal/", "/portal/?state=all", "/portal/?before=1", "/portal/new/"),
    *("/portal/?state=yours&q=nichts", "/portal/?state=finished", "/portal/contract/"),
    *("/portal/tickets/{own}/", "/portal/tickets/{own}/filed/", "/portal/tickets/{own_closed}/"),
    *("/accounts/logout/", "/accounts/password/change/", "/accounts/"),
    "/portal/privacy/",
    *("/portal/notifications/", "/portal/colleagues/", "/portal/colleagues/new/", "/portal/kb/"),
    *("/portal/statements/", "/portal/statements/{statement}/"),
    *("/portal/subprocessors/", "/portal/subprocessors/{version}/?against=1", "/portal/dpa/rights/"),
    *("/portal/subprocessors/changes/{version}/", "/portal/dpa/rights/breaches/{breach_notice}/"),
    *("/portal/approvals/", "/portal/prices/", "/portal/dpa/", "/portal/dpa/{dpa}/"),
    *("/portal/colleagues/{colleague}/", "/portal/colleagues/{colleague}/withdraw/"),
)
ADMINS = (
    *("/first-steps/", "/admin/", "/admin/accounts/", "/accounts/look/{login}/"),
    *("/desk/privacy/", "/desk/privacy/?q=e", "/desk/privacy/?q=gibt-es-nicht", "/desk/privacy/retention/"),
    *("/desk/privacy/contacts/1/", "/desk/privacy/contacts/1/erase/", "/desk/privacy/jobs/1/"),
)
API_DOCS = "/api/v1/docs/"
NOT_OURS = ("heading-order", "nested-interactive", "region")
"""Swagger UI makes its own elements by script: a button that holds a link, a third-level heading first, a
heading outside of its landmark. What style sheets can mend there is mended (static/foreign/api_docs.css)."""
ADMINS_KINDS = ("changelist", "add", "change", "delete", "history", "import", "year")
"""What the admin has for each of its models; found in the URL map."""
ADMINS_DOWNLOADS = ("export", "template")

NO_PAGE = {
    "pbx:step": "a telephone system asks",
    "pbx:event": "a telephone system tells",
    "pbx:provider": "a telephone provider asks and tells",
    "portal:approve": "only leads back",
    "privacy:export": "only leads on",
    "privacy:hold": "only leads back",
    "privacy:retention_run": "only leads on",
    "privacy:fetch": "a download",
    "privacy:own_export": "only leads back",
    "privacy:own_fetch": "a download",
    "privacy:own_ask": "only leads on",
    "account_reset_password_from_key": "walked as {mailed_link}",
    **{
        f"account_{page}": "walked by tests/browser/test_signing_on.py, once it is set up"
        for page in ("app_remove", "passkey_rename", "passkey_remove", "codes")
    },
    "account_codes_file": "a download",
    "account_end_session": "only leads back",
    "account_look_end": "only leads back",
    **{
        f"mfa_{page}": "walked by tests/browser/test_signing_on.py"
        for page in ("authenticate", "reauthenticate", "reauthenticate_webauthn")
    },
    "mfa_login_webauthn": "data for a script, or only leads on",
    "admin:": "sends on, or is not found",
    "admin:login": "sends to the sign-in",
    "admin:logout": "only leads away",
    "admin:password_change": "sends to the product's own page",
    "admin:password_change_done": "never sent to",
    "admin:autocomplete": "data for a field",
    "admin:search": "what the search box finds, without a page around it",
    "admin:jsi18n": "a script",
    "admin:view_on_site": "sends on",
    "set_language": "only leads back",
    "brand_styles": "a style sheet",
    "brand_logo": "a picture",
    "portal:service_pdf": "a PDF",
    "portal:robots": "what search engines read",
    **{
        f"setup:{step}": "gone once all is set up; walked by tests/browser/test_setting_up.py"
        for step in ("start", "company", "admin", "team", "levels", "mail", "finish")
    },
    "rights:announce": "leads on, or shows the draft again",
    "rights:discard": "only leads back",
    "rights:remove_entry": "only leads back",
    "rights:proof": "a download",
    "rights:breach_proof": "a download",
    "portal:subprocessors_acknowledge": "only leads back",
    "portal:subprocessors_object": "leads back to the change, or shows it again",
    "portal:instruct": "leads back, or shows the rights again",
    "portal:ask_audit": "leads back, or shows the rights again",
    "portal:acknowledge_breach": "only leads back",
    "calls:reachability_export": "a download",
    "calls:set_phone": "only leads back",
    "calls:phone": "a part of the desk's pages",
    "calls:pop": "a part of the desk's pages",
    "calls:dial": "only leads back",
    "calls:take_over": "only leads on",
    "calls:attach": "only leads back",
    "calls:detach": "only leads back",
    "calls:set_aside": "leads back to the call, or shows it again",
    "calls:note": "leads back to the call, or shows it again",
    "billing:close_month": "only leads back",
    "billing:hand_over": "only leads back",
    "billing:close": "only leads back",
    "billing:hand_over_file": "a download",
    "billing:statement_file": "a download",
    "portal:statement_file": "a download",
    "portal:statement_link": "a download",
    "dpa:ask": "only leads on",
    "dpa:settle": "only leads back",
    "dpa:paper": "a download",
    "dpa:signed_file": "a download",
    "desk:next": "only leads on",
    "desk:sidebar": "a part of the desk's pages",
    "desk:reply": "leads back to the ticket, or shows it again",
    "desk:consent_list": "only leads back",
    "desk:consent_record": "leads back, or shows the consents again",
    "desk:consent_withdraw": "leads back, or shows the consents again",
    "desk:subject_remove": "only leads back",
    "portal:consent": "only leads back",
    "portal:consent_withdraw": "only leads back",
    "desk:checklist": "leads back to the ticket, or shows it again",
    "desk:step": "only leads back",
    "desk:file": "a download",
    "desk:sound": "a recording, for a player",
    "desk:time_export": "a download",
    "desk:timer_start": "only leads back",
    "desk:timer_stop": "only leads on",
    "desk:timer_discard": "only leads back",
    "desk:retry_mail": "only leads back",
    "desk:justify": "only leads back",
    "desk:targets_export": "a download",
    "portal:reply": "leads back to the ticket, or shows it again",
    "portal:new_articles": "a part of the form for a new ticket",
    "portal:offer": "leads back, or shows the contract's page again",
    "portal:dpa_ask": "only leads back",
    "portal:dpa_review": "leads back, or shows the page of the DPA again",
    "portal:dpa_data": "leads back, or shows the agreement again",
    "portal:dpa_withdraw": "leads back, or shows the agreement again",
    "portal:dpa_sign": "leads back, or shows the agreement again",
    "portal:dpa_upload": "leads back, or shows the agreement again",
    "portal:dpa_paper": "a download",
    "portal:dpa_signed_paper": "a download",
    "portal:rate": "leads back to the ticket, or shows it again",
    "portal:close": "only leads back",
    "portal:reopen": "only leads back",
    "portal:colleague_invite": "only leads back",
    "portal:ticket_mail": "only leads back",
    "portal:file": "a download",
    "portal:sound": "a recording, for a player",
    "portal:found": "only leads on",
    "portal:article_short": "only leads on",
    "portal:category_short": "only leads on",
    "portal:article_file": "a picture or a download",
    "portal:article_feed": "for feed readers",
    "portal:sitemap": "for search engines",
    "hours_feed": "for calendar programs",
    "desk:insert": "leads back to the ticket",
    "editors:handle": "only leads back",
    "editors:preview": "a part of the page that writes",
    "editors:find": "a part of the page that writes",
    "editors:upload": "data for the page that writes",
    "editors:remove_file": "only leads back",
    "editors:delete_category": "only leads back",
    "editors:article_any": "only leads on",
    "editors:forget_synonyms": "only leads back",
}
"""Addresses that never answer with a page of their own, with the reason."""
DATA = "api:"
"""The namespace of what machines read; its document's page is walked with the admin's."""

FILLED = {
    **dict.fromkeys(["waiting", "mine", "theirs", "parked", "solved", "closed"], "2026-000001"),
    **dict.fromkeys(["own", "own_closed", "worked"], "2026-000001"),
    **dict.fromkeys(["customer", "colleague", "agreement", "entry", "login", "offered", "reviewed"], "1"),
    **dict.fromkeys(
        ["version", "entry_of_draft", "objection", "instruction", "breach", "breach_notice"], "1"
    ),
    "statement": "RE-2026-0001",
    "billed": "1",
    "call": "1",
    "dpa": "1",
    "charge": "1",
    "sign_up_link": "/accounts/signup/confirm/x/",
    "mailed_link": "/accounts/password/reset/key/1-x/",
    "way_out": "/unsubscribe/1-1.x/",
    "approval_link": "/approval/1-1-x.x/",
    "language": "de",
    "article_id": "1",
    "article": "/portal/kb/de/1-x/",
    "shelf": "/portal/kb/de/c/1-x/",
}


def names_of_all() -> set[str]:
    """Every address of the URL map by its name, without those that machines read and downloads."""
    names = {name for name, _ in _addresses(get_resolver().url_patterns) if not name.startswith(DATA)}
    return names - _of_admin(names, ADMINS_DOWNLOADS)


def names_of_walked() -> set[str]:
    """The addresses that the tables above lead to."""
    walked = [*STRANGERS, *GALLERY, *AGENTS, *LEADS, *CONTACTS, *ADMINS]
    found = {path.format(**FILLED).partition("?")[0] for path in walked}
    return {resolve(path).view_name for path in found} | admin_names()


def admin_names() -> set[str]:
    """What the admin has for each of its models."""
    return _of_admin(names_of_all(), ADMINS_KINDS)


def admin_addresses(kind: str) -> list[str]:
    """The addresses of the admin's pages of one kind that need no object."""
    found = dict(_addresses(get_resolver().url_patterns))
    return sorted(f"/{found[name]}" for name in admin_names() if name.endswith(f"_{kind}"))


def _of_admin(names: Collection[str], kinds: Iterable[str]) -> set[str]:
    endings = tuple(f"_{kind}" for kind in kinds)
    return {name for name in names if name.startswith("admin:") and name.endswith(endings)}


def _addresses(
    patterns: list[URLPattern | URLResolver], prefix: str = "", *spaces: str
) -> Iterator[tuple[str, str]]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _addresses(pattern.url_patterns, route, *spaces, *filter(None, [pattern.namespace]))
        else:
            yield ":".join([*spaces, pattern.name or ""]), route
