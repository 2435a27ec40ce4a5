"""The product's addresses and one page that holds nothing, to measure others by."""

from django.http import HttpRequest, HttpResponseBase
from django.urls import path

from helpdesk.urls import handler400, handler500
from helpdesk.urls import urlpatterns as of_the_product
from lib.public_pages import kept_by_strangers
from portal.views.pages import portal_page

__all__ = ["handler400", "handler500", "urlpatterns"]


@kept_by_strangers
def empty(request: HttpRequest) -> HttpResponseBase:
    """The frame of the public pages around nothing."""
    return portal_page(request, "portal_base.html", {})


urlpatterns = [path("bench/empty/", empty), *of_the_product]
