"""Writers no longer change tags and publishers, which readers see on days that are out."""

from django.db import migrations

TAKEN = ["change_tag", "change_publisher", "change_publisherdomain", "delete_publisherdomain"]


def take_away(apps, schema_editor):
    """The last version lets writers look at tags and publishers then, and no more."""
    for group, permissions in _both(apps):
        group.permissions.remove(*permissions)


def give_back(apps, schema_editor):
    for group, permissions in _both(apps):
        group.permissions.add(*permissions)


def _both(apps):
    permissions = apps.get_model("auth", "Permission").objects.filter(
        content_type__app_label="articles", codename__in=TAKEN
    )
    for group in apps.get_model("auth", "Group").objects.filter(name="writer"):
        yield group, permissions


class Migration(migrations.Migration):
    dependencies = [("articles", "0014_possible_days")]
    operations = [migrations.RunPython(take_away, give_back)]
