"""Looking at the portal with a customer's eyes: why, and the way back. (Between: accounts/middleware.py.)"""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import acting_user, admins_only, signed_in
from accounts.actions import impersonating
from accounts.forms import LookForm
from accounts.models import Impersonation, User
from accounts.rules.looking import LONGEST_MINUTES, LOOK


@admins_only
@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask why, and begin. Error: 404 for whoever is no customer."""
    person = get_object_or_404(User, pk=pk, role=User.Role.CONTACT)
    form = LookForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            look = impersonating.begin(
                person=person, reason=form.cleaned_data["reason"], by=acting_user(request)
            )
        except impersonating.CannotLook as refusal:
            form.add_error(None, refusal.words)
        else:
            request.session[LOOK] = look.pk
            return redirect("/")
    context = {"person": person, "form": form, "minutes": LONGEST_MINUTES}
    return render(request, "account/look.html", context, status=422 if form.errors else 200)


@signed_in
@require_POST
def end(request: HttpRequest) -> HttpResponse:
    """End the look that this session began, if any, and go back to the person's page in the admin."""
    row = Impersonation.objects.filter(pk=request.session.pop(LOOK, None), admin=acting_user(request)).first()
    if row is None:
        return redirect("/")
    impersonating.end(look=row, by=acting_user(request), at=timezone.now())
    messages.success(request, gettext("You look with your own eyes again. The person is told of it."))
    return redirect("admin:accounts_user_change", row.person_id)
