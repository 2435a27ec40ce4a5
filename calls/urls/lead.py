"""What leads see of the phone; part of the addresses of calls/urls/desk.py."""

from django.urls import path

from calls.views import board, log, reachability

urlpatterns = [
    path("board/", board.board, name="board"),
    path("board/phones/<int:pk>/", board.set_phone, name="set_phone"),
    path("reachability/", reachability.reachability, name="reachability"),
    path("reachability.csv", reachability.reachability_export, name="reachability_export"),
    path("log/", log.log, name="log"),
    path("log/<int:pk>/", log.log_call, name="log_call"),
]
