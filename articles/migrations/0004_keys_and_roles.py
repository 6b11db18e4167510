"""Comparison keys of the citations there are, and what the roles may do with what is new."""

from django.contrib.auth.management import create_permissions
from django.db import migrations

from articles.rules.addresses import comparison_key

BATCH = 1_000
GAP = [f"{verb}_plannedgap" for verb in ("view", "add", "change", "delete")]
ROLES = {
    "writer": ["view_plannedgap"],
    "editor": [*GAP, "view_auditentry"],
    "admin": [*GAP, "view_auditentry"],
}


def fill_in_keys(apps, schema_editor):
    """In batches by primary key, so that a long archive needs no more memory than a short one."""
    citations = apps.get_model("articles", "Citation").objects.using(schema_editor.connection.alias)
    last = 0
    while batch := list(citations.filter(pk__gt=last).order_by("pk").only("url")[:BATCH]):
        for citation in batch:
            citation.url_key = comparison_key(citation.url)
        citations.bulk_update(batch, ["url_key"])
        last = batch[-1].pk


def extend_roles(apps, schema_editor):
    """Permissions come after migrations by default, so they are made here first."""
    config = apps.get_app_config("articles")
    config.models_module = True
    create_permissions(config, apps=apps, verbosity=0)
    config.models_module = None
    permissions = apps.get_model("auth", "Permission").objects.filter(
        content_type__app_label="articles"
    )
    for name, codenames in ROLES.items():
        group, _created = apps.get_model("auth", "Group").objects.get_or_create(name=name)
        group.permissions.add(*permissions.filter(codename__in=codenames))


class Migration(migrations.Migration):
    dependencies = [("articles", "0003_from_draft_to_print")]
    operations = [
        migrations.RunPython(fill_in_keys, migrations.RunPython.noop),
        migrations.RunPython(extend_roles, migrations.RunPython.noop),
    ]
