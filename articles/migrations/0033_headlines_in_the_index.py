"""The index of the search again: since the spellings it says where a headline ends.

It is renewed in steps of its own, so that the site keeps running, and so that a migration that was
interrupted goes on where it was.
"""

from django.apps.registry import Apps
from django.db import migrations
from django.db.models import F
from django.db.models.functions import Now

from articles.search import indexing


def renew(apps: Apps, schema_editor):
    """Pages of the search that were kept are made again, too."""
    if indexing.renew(apps):
        version = apps.get_model("articles", "SiteVersion")
        version.objects.update(number=F("number") + 1, changed_at=Now())


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("articles", "0032_months")]
    operations = [migrations.RunPython(renew, migrations.RunPython.noop)]
