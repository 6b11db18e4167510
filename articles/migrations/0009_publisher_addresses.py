import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('articles', '0008_hubs_and_feed_readers'),
    ]

    operations = [
        migrations.CreateModel(
            name='PublisherRedirect',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(allow_unicode=True, max_length=80, unique=True, verbose_name='slug')),
                ('publisher', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='redirects', to='articles.publisher', verbose_name='publisher')),
            ],
            options={
                'verbose_name': 'old address of a publisher',
                'verbose_name_plural': 'old addresses of publishers',
                'default_permissions': (),
            },
        ),
        migrations.AddIndex(
            model_name='citation',
            index=models.Index(fields=['publisher', 'article'], name='citation_publisher_article'),
        ),
    ]
