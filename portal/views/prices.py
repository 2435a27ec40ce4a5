"""What work costs this customer: the price list in force with their own prices."""

from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.timezone import localtime
from django.views.decorators.http import require_safe

from contracts.queries import company_zone, standing_approvals
from customers.models import Contact
from lib.languages import page_language
from portal.queries.prices import price_table
from portal.views.pages import for_contact, portal_page
from tickets.queries.approval_cards import standing_card


@for_contact
@require_safe
def prices(request: HttpRequest, contact: Contact) -> HttpResponseBase:
    """The price list, and what the customer has approved ahead."""
    now = timezone.now()
    approved = standing_approvals(contact.customer_id, localtime(now, company_zone()).date())
    context = {
        "contact": contact,
        "table": price_table(now, page_language(), contact.customer_id),
        "standing": [standing_card(one) for one in approved],
    }
    return portal_page(request, "portal/prices.html", context)
