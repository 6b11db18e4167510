import articles.fields
from django.db import migrations


class Migration(migrations.Migration):
    """Letters of revisions are no longer written escaped; the column and its rows stay as they are."""

    dependencies = [
        ('articles', '0009_publisher_addresses'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name='revision',
                    name='data',
                    field=articles.fields.UnescapedJSONField(verbose_name='content'),
                ),
            ],
        ),
    ]
