"""How the admin looks: unfold's settings."""

from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

# The product's one accent in unfold's ladder, from static/css/tokens.css.
_ACCENT = {
    "50": "#eef0ff",
    "100": "#e0e3ff",
    "200": "#c7ccff",
    "300": "#aaa5ff",
    "400": "#9d95ff",
    "500": "#8a80ff",  # links on dark pages, which need this much light
    "600": "#4f39f6",
    "700": "#4330d6",
    "800": "#3f2bd6",
    "900": "#2b2180",
    "950": "#1e2046",
}


def _item(title: Any, icon: str, model: str) -> dict[str, Any]:
    return {"title": title, "icon": icon, "link": reverse_lazy(f"admin:{model}_changelist")}


def _mail(title: Any, model: str) -> dict[str, Any]:
    """An outbox, with the number of those that people should look at."""
    return {
        **_item(title, "mail", model),
        "badge": f"mail.admin.troubled_{model.partition('_')[2]}",
    }


def _company(request: HttpRequest) -> str:
    from accounts.queries.company import company_name  # settings are read before there are models

    return company_name()


def _mark(request: HttpRequest) -> str:
    return static("img/mark.svg")


UNFOLD = {
    "SITE_TITLE": _company,
    "SITE_HEADER": _company,
    "SITE_ICON": _mark,
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": _mark}],
    "STYLES": [lambda _: static("foreign/admin.css")],
    "SCRIPTS": [lambda _: static("js/admin.js")],
    "SITE_URL": "/",
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_BACK_BUTTON": True,
    "COLORS": {"primary": _ACCENT},
    "SIDEBAR": {
        "show_search": True,
        "show_all_applications": False,
        "navigation": [
            {
                "title": _("Customers and agreements"),
                "items": [
                    _item(_("Customers"), "apartment", "customers_customer"),
                    _item(_("Contacts"), "contacts", "customers_contact"),
                    _item(_("Agreements"), "contract", "contracts_agreement"),
                    _item(_("Service levels"), "stacks", "contracts_servicelevel"),
                    _item(_("Service hours"), "schedule", "contracts_servicehours"),
                    _item(_("Escalations"), "notifications_active", "contracts_escalation"),
                    _item(_("Services"), "handyman", "contracts_service"),
                    _item(_("Allowances"), "hourglass_top", "contracts_allowance"),
                    _item(_("Use of allowances"), "receipt", "contracts_allowanceentry"),
                ],
            },
            {
                "title": _("Data protection"),
                "separator": True,
                "items": [
                    _item(_("Register of processing"), "policy", "contracts_processingagreement"),
                    _item(_("DPA documents"), "description", "contracts_dpadocument"),
                ],
            },
            {
                "title": _("Prices"),
                "separator": True,
                "items": [
                    _item(_("Price lists"), "sell", "contracts_pricelist"),
                    _item(_("All prices"), "list_alt", "contracts_priceitem"),
                    _item(_("Customers' prices"), "loyalty", "contracts_customerprice"),
                    _item(_("Standing approvals"), "verified", "contracts_standingapproval"),
                ],
            },
            {
                "title": _("Billing"),
                "separator": True,
                "items": [
                    _item(_("Billing addresses"), "contact_mail", "billing_billingparty"),
                    _item(_("Seller"), "account_balance", "billing_seller"),
                    _item(_("Statements"), "receipt_long", "billing_statement"),
                    _item(_("Charges"), "payments", "billing_charge"),
                ],
            },
            {
                "title": _("Firm"),
                "separator": True,
                "items": [
                    _item(_("Company"), "storefront", "accounts_company"),
                    _item(_("Announcements"), "campaign", "accounts_announcement"),
                    _item(_("Users"), "person", "accounts_user"),
                    _item(_("Teams"), "groups", "accounts_team"),
                    _item(_("API tokens"), "key", "accounts_apitoken"),
                    _item(_("Audit trail"), "history", "accounts_auditentry"),
                    _mail(_("Mail without a ticket"), "accounts_notice"),
                ],
            },
            {
                "title": _("Telephone"),
                "separator": True,
                "items": [
                    _item(_("Telephone systems"), "router", "calls_phonesystem"),
                    _item(_("Service numbers"), "dialpad", "calls_servicenumber"),
                    _item(_("Agents' phones"), "headset_mic", "calls_agentphone"),
                    _item(_("On-call phones"), "phone_forwarded", "calls_oncall"),
                    _item(_("Rules of the phone"), "rule", "calls_callpolicy"),
                    _item(_("Calls"), "call", "calls_call"),
                    _item(_("Voicemails"), "voicemail", "calls_voicemail"),
                    _item(_("Tasks of calls"), "task", "calls_callchore"),
                ],
            },
            {
                "title": _("Work"),
                "separator": True,
                "items": [
                    _item(_("Tickets"), "confirmation_number", "tickets_ticket"),
                    _mail(_("Mail of tickets"), "tickets_delivery"),
                    _item(_("Recalculations"), "update", "tickets_recalculation"),
                    _item(_("Alert sources"), "sensors", "tickets_alertsource"),
                    _item(_("Articles"), "menu_book", "knowledge_article"),
                    _item(_("Categories"), "folder", "knowledge_category"),
                    {"title": _("To the desk"), "icon": "arrow_back", "link": "/", "active": False},
                ],
            },
        ],
    },
}
