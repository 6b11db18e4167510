import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.utils import timezone


def begin(apps, schema_editor):
    """Nobody is told of what a site did before: old rows do not say whether they were imported."""
    entries = apps.get_model("articles", "AuditEntry").objects
    if entries.exists():
        entries.create(at=timezone.now(), action="notices-begun")


class Migration(migrations.Migration):

    dependencies = [
        ('articles', '0023_webhooks'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='NoticeReader',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seen', models.JSONField(default=list, verbose_name='seen')),
                ('mail_since', models.DateTimeField(help_text='Empty: notices are not sent by mail.', null=True, verbose_name='by mail since')),
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='notices', to=settings.AUTH_USER_MODEL, verbose_name='user')),
            ],
            options={
                'verbose_name': 'reader of notices',
                'verbose_name_plural': 'readers of notices',
                'default_permissions': (),
            },
        ),
        migrations.AddIndex(
            model_name='auditentry',
            index=models.Index(fields=['action', '-at', '-id'], name='audit_of_action'),
        ),
        migrations.RunPython(begin, migrations.RunPython.noop),
    ]
