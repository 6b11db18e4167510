from django.contrib import admin
from django.contrib.admin.apps import SimpleAdminConfig
from django.contrib.admin.checks import check_admin_app, check_dependencies
from django.core import checks


class DeskConfig(SimpleAdminConfig):
    """Django's admin with the desk's admin site. Only `newsroom/urls.py` loads the desk: most
    commands do without, and it is a third of their start."""

    default_site = "articles.login.site.DeskSite"

    def ready(self):
        checks.register(check_dependencies, checks.Tags.admin)
        checks.register(check_desk, checks.Tags.admin)


def check_desk(app_configs, **kwargs):
    """Check all of the desk, even if nothing has asked for it yet."""
    admin.autodiscover()
    return check_admin_app(app_configs, **kwargs)
