"""The phone at the desk."""

from django.urls import path

from calls.urls import lead
from calls.views import calls, dialling, pops, presence

app_name = "calls"

urlpatterns = [
    path("", calls.calls, name="calls"),
    path("phone/", presence.phone, name="phone"),
    path("presence/", presence.presence, name="presence"),
    path("pop/", pops.pop, name="pop"),
    path("dial/", dialling.dial, name="dial"),
    path("<int:pk>/", calls.call, name="call"),
    path("<int:pk>/take-over/", calls.take_over, name="take_over"),
    path("<int:pk>/attach/", calls.attach, name="attach"),
    path("<int:pk>/detach/", calls.detach, name="detach"),
    path("<int:pk>/set-aside/", calls.set_aside, name="set_aside"),
    path("<int:pk>/note/", calls.note, name="note"),
    path("<int:pk>/ticket/", calls.new_ticket, name="new_ticket"),
    *lead.urlpatterns,
]
