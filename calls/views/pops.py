"""The call that rings on one's own phone: a part of every page of the desk."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import agents_only
from calls.views.parts import phone_on, pop_of


@agents_only
@require_safe
def pop(request: HttpRequest) -> HttpResponse:
    """What pops up now, empty where nothing does. Error: 404 for whoever has no phone."""
    own = phone_on(request)
    if own is None:
        raise Http404
    return render(request, "calls/_pop.html", pop_of(request, own))
