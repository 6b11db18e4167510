"""The desk's roles as groups: writers draft, editors also publish, admins also manage people."""

from django.contrib.auth.management import create_permissions
from django.db import migrations

CONTENT = [
    *("article", "citation", "digest", "digesttemplate"),
    *("publisher", "publisherdomain", "tag"),
]
WRITER = [f"{verb}_{model}" for model in CONTENT for verb in ("view", "add", "change")] + [
    "delete_article",
    "delete_citation",
    "delete_publisherdomain",
]
EDITOR = [*WRITER, "delete_digest", "delete_publisher", "delete_tag", "publish_digest", "withdraw_digest"]
ADMIN = EDITOR + [f"{verb}_user" for verb in ("view", "add", "change", "delete")]
ROLES = {"writer": WRITER, "editor": EDITOR, "admin": ADMIN}


def make_roles(apps, schema_editor):
    """Permissions come after migrations by default, so they are made here first."""
    for label in ("articles", "auth"):
        config = apps.get_app_config(label)
        config.models_module = True
        create_permissions(config, apps=apps, verbosity=0)
        config.models_module = None
    permissions = apps.get_model("auth", "Permission").objects.filter(
        content_type__app_label__in=["articles", "auth"]
    )
    for name, codenames in ROLES.items():
        group, _created = apps.get_model("auth", "Group").objects.get_or_create(name=name)
        group.permissions.add(*permissions.filter(codename__in=codenames))


def remove_roles(apps, schema_editor):
    apps.get_model("auth", "Group").objects.filter(name__in=ROLES).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [migrations.RunPython(make_roles, remove_roles)]
