from django.apps.registry import Apps
from django.db import migrations
from django.db.models import F
from django.db.models.functions import Now

from articles.search import indexing


def index_again(apps: Apps, schema_editor):
    indexing.rebuild(apps)


def move_version(apps: Apps, schema_editor):
    """Pages and feeds that were kept in memory, in files and by clients are made again."""
    version = apps.get_model("articles", "SiteVersion")
    version.objects.update(number=F("number") + 1, changed_at=Now())


class Migration(migrations.Migration):
    """Readers no longer get the comments in texts, neither by the search nor from pages made before."""

    dependencies = [("articles", "0012_corrections_by_moment")]
    operations = [
        migrations.RunPython(index_again, migrations.RunPython.noop),
        migrations.RunPython(move_version, migrations.RunPython.noop),
    ]
