"""Saying why a target was missed."""

from django import forms

from tickets.models import Clock

LONGEST = 2_000


class JustifyForm(forms.Form):
    """The justification; leads read it, the customer does not."""

    text = forms.CharField(max_length=LONGEST, widget=forms.Textarea)


def missed_clock(ticket_id: int, pk: int) -> Clock | None:
    """The missed target of this ticket that is meant."""
    return Clock.objects.filter(ticket_id=ticket_id, pk=pk, breached_at__isnull=False).first()
