"""Billing, below the desk."""

from django.urls import path

from billing.views import charges, customers, statements, worklist

app_name = "billing"

urlpatterns = [
    path("", worklist.worklist, name="worklist"),
    path("close/", worklist.close_month, name="close_month"),
    path("hand-over/", worklist.hand_over, name="hand_over"),
    path("hand-over.<slug:kind>", worklist.hand_over_file, name="hand_over_file"),
    path("customers/<int:pk>/", customers.customer, name="customer"),
    path("customers/<int:pk>/close/", customers.close, name="close"),
    path("charges/<int:pk>/<slug:verb>/", charges.decide, name="decide"),
    path("statements/<slug:number>/", statements.statement, name="statement"),
    path("statements/<slug:number>.<slug:kind>", statements.statement_file, name="statement_file"),
]
