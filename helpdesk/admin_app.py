"""Django's admin as an installed app, with our site in it (named, since no model is loaded yet)."""

from django.contrib.admin.apps import AdminConfig


class VorrangAdminConfig(AdminConfig):
    """Django's admin with our site."""

    default_site = "helpdesk.admin_site.VorrangAdminSite"
