"""Filing a ticket for a caller: whose case it is first, then what it is about."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import agents_only
from contracts.queries import standings_of
from customers.models import Customer
from lib.uploads import takes_files
from tickets.forms.writing import FilingForm
from tickets.queries import case
from tickets.queries.customers import find_customers
from tickets.queries.desk import load_levels
from tickets.views.frame import Reader, reader_of, render_desk

TEXT_LIMIT = 100
LONGEST_ID = 18


@takes_files
@agents_only
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """First the search for the customer, with `?customer=` the form."""
    reader = reader_of(request)
    key = request.GET.get("customer", "")
    if not key:
        return _choose(request, reader)
    is_id = key.isascii() and key.isdigit() and len(key) <= LONGEST_ID
    customer = Customer.objects.filter(pk=key, is_active=True).first() if is_id else None
    if customer is None:
        raise Http404
    return _file(request, reader, customer)


def _choose(request: HttpRequest, reader: Reader) -> HttpResponse:
    text = request.GET.get("q", "").strip().replace("\0", "")[:TEXT_LIMIT]
    customers, levels = find_customers(text), load_levels()
    standings = standings_of([customer.pk for customer in customers], timezone.now())
    found = [
        {
            "customer": customer,
            "level": levels.label(level.id if (level := standings[customer.pk].level) else None, ""),
            "step": levels.step(level.id if level else None),
        }
        for customer in customers
    ]
    context = {"text": text, "found": found}
    return render_desk(request, "tickets/new_customer.html", context, reader=reader, fragment="results")


def _file(request: HttpRequest, reader: Reader, customer: Customer) -> HttpResponse:
    is_sent = request.method == "POST"
    sent = (request.POST, request.FILES) if is_sent else ()
    form = FilingForm(*sent, customer=customer, user=reader.user)
    if is_sent and form.went_well() and form.ticket is not None:
        messages.success(request, _("%(number)s is filed.") % {"number": form.ticket.number})
        is_mine = form.ticket.team_id in reader.team_ids
        return redirect("desk:ticket", form.ticket.number) if is_mine else redirect("desk:queue")
    standing = case.standing_in_words(customer, language=reader.language, now=timezone.now())
    context = {
        "customer": customer,
        "form": form,
        "standing": standing,
        "step": load_levels().step(standing.level_id),
        "phones": case.phones_of(customer, None),
        "others": case.open_tickets_of(reader.user, customer),
    }
    return render_desk(request, "tickets/new.html", context, reader=reader, status=422 if is_sent else 200)
