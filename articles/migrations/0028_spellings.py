"""Spellings for the search, with those that a desk is most likely to want."""

import articles.fields
import articles.models.spelling
from django.apps.registry import Apps
from django.contrib.auth.management import create_permissions
from django.db import migrations, models

EDITORS = [f"{verb}_spelling" for verb in ("view", "add", "change", "delete")]
SEED = """
콘텐츠, 컨텐츠
메시지, 메세지
챗GPT, ChatGPT, 챗지피티
오픈AI, OpenAI, 오픈에이아이
엔비디아, NVIDIA
인공지능, AI, 에이아이
배터리, 밧데리
로봇, 로보트
애플리케이션, 어플리케이션
알고리즘, 알고리듬
디지털, 디지탈
데이터, 데이타
슈퍼컴퓨터, 수퍼컴퓨터
리더십, 리더쉽
파트너십, 파트너쉽
심포지엄, 심포지움
액세서리, 악세사리
마니아, 매니아
앤트로픽, Anthropic, 앤스로픽
구글, Google
마이크로소프트, Microsoft
테슬라, Tesla
애플, Apple
고대역폭 메모리, HBM
대규모 언어 모델, 거대 언어 모델, LLM, large language model
AI 에이전트, 에이전틱 AI, AI agent
전기차, 전기 자동차
드론, 무인기
휴머노이드, humanoid
양자컴퓨터, 양자 컴퓨팅
스타트업, 신생 기업, startup
"""


def seed(apps: Apps, schema_editor):
    lines = filter(None, SEED.splitlines())
    model = apps.get_model("articles", "Spelling")
    model.objects.bulk_create([model(line=line) for line in lines], ignore_conflicts=True)


def extend_roles(apps: Apps, schema_editor):
    """Permissions come after migrations by default, so they are made here first."""
    config = apps.get_app_config("articles")
    config.models_module = True
    create_permissions(config, apps=apps, verbosity=0)
    config.models_module = None
    permissions = apps.get_model("auth", "Permission").objects.filter(
        content_type__app_label="articles", codename__in=EDITORS
    )
    for name in ("editor", "admin"):
        group, _created = apps.get_model("auth", "Group").objects.get_or_create(name=name)
        group.permissions.add(*permissions)


class Migration(migrations.Migration):
    dependencies = [("articles", "0027_imprint")]
    operations = [
        migrations.CreateModel(
            name='Spelling',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('line', articles.fields.LineField(help_text='With commas between them: 콘텐츠, 컨텐츠', max_length=400, unique=True, validators=[articles.models.spelling.validate_names], verbose_name='words')),
            ],
            options={
                'verbose_name': 'spelling',
                'verbose_name_plural': 'spellings',
                'ordering': ['line'],
                'constraints': [models.CheckConstraint(condition=models.Q(('line', ''), _negated=True), name='spelling_has_words')],
            },
        ),
        migrations.RunPython(seed, migrations.RunPython.noop),
        migrations.RunPython(extend_roles, migrations.RunPython.noop),
    ]
