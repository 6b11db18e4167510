"""Which tags and publishers readers have met: their names and addresses stay as they are. Preview
links that a digest kept when it went back to "withdrawn" are ended."""

from django.db import migrations, models
from django.db.models import Q
from django.db.models.functions import Now

NAMES = (
    ("Tag", "TaggedArticle", "tag", "content_object", "TagRedirect"),
    ("Publisher", "Citation", "publisher", "article", "PublisherRedirect"),
)


def note_what_is_known(apps, schema_editor):
    """Known is what an article has that readers have or had."""
    has_come = Q(status="scheduled", publish_at__lte=Now())
    digests = apps.get_model("articles", "Digest").objects.filter(Q(published_at__isnull=False) | has_come)
    for name, link, field, article, redirect in NAMES:
        links = apps.get_model("articles", link).objects.filter(
            **{f"{article}__digest__in": digests.values("pk")}
        )
        known = apps.get_model("articles", name).objects.filter(pk__in=links.values(field))
        known.update(is_known=True)
        redirects = apps.get_model("articles", redirect).objects
        redirects.filter(**{f"{field}__is_known": False}).update(is_known=False)


def end_links_of_withdrawn(apps, schema_editor):
    links = apps.get_model("articles", "PreviewLink").objects.filter(revoked_at=None)
    links.filter(digest__status="withdrawn").update(revoked_at=Now())


class Migration(migrations.Migration):

    dependencies = [
        ('articles', '0015_names_for_those_who_publish'),
    ]

    operations = [
        migrations.AddField(
            model_name='publisher',
            name='is_known',
            field=models.BooleanField(db_default=False, default=False, editable=False, verbose_name='known to readers'),
        ),
        migrations.AddField(
            model_name='publisherredirect',
            name='is_known',
            field=models.BooleanField(db_default=True, default=True, verbose_name='known to readers'),
        ),
        migrations.AddField(
            model_name='tag',
            name='is_known',
            field=models.BooleanField(db_default=False, default=False, editable=False, verbose_name='known to readers'),
        ),
        migrations.AddField(
            model_name='taggedarticle',
            name='typed_as',
            field=models.CharField(blank=True, db_default='', default='', editable=False, max_length=100, verbose_name='as typed'),
        ),
        migrations.AddField(
            model_name='tagredirect',
            name='is_known',
            field=models.BooleanField(db_default=True, default=True, verbose_name='known to readers'),
        ),
        migrations.RunPython(note_what_is_known, migrations.RunPython.noop),
        migrations.RunPython(end_links_of_withdrawn, migrations.RunPython.noop),
    ]
