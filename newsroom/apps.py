from django.contrib.admin.apps import AdminConfig


class DeskConfig(AdminConfig):
    """Django's admin with the desk's admin site."""

    default_site = "articles.login.site.DeskSite"
