"""A site in which every field of text holds an attack."""

import json

from django.contrib.auth.models import User
from django.db import IntegrityError, connection, transaction

from articles.changes import audit
from articles.digests import preview_links, publishing, revisions
from articles.models import (
    AcceptedFinding,
    Article,
    Comment,
    Correction,
    Digest,
    DigestTemplate,
    PlannedGap,
    Publisher,
    Tag,
)
from articles.rules import lengths
from articles.rules.lines import is_too_long_for_tag
from articles.rules.text import clean, collapse
from articles.rules.validators import is_web_address
from tests.attacks.attack import Attack
from tests.support.factories import DAY, make_article, make_digest, make_picture, publish

ARTICLES = 40  # of a digest
TEXTS = ("technical_significance", "industry_impact", "outlook")
LINES = {"picture_alt": 300, "picture_caption": 300, "picture_credit": 150, "read_by": 100}


def line(text: str, length: int) -> str:
    """The text as a field of one line takes it; something harmless if nothing is left of it."""
    return collapse(clean(text))[:length].strip() or "글"


class AttackedSite:
    """Published digests of January 2026, each with as many articles, one for each attack, which
    stands in all of the article's fields; of its three implications, which are one to every
    output, and of the two texts that fit no field, by turns in one. Every digest has a revision
    that says otherwise, and corrections. `draft` is one that is not published."""

    def __init__(self, attacks: list[Attack], articles: int = ARTICLES):
        self.picture = make_picture()
        self.editor = User.objects.create_superuser("editor", password="correct horse")
        starts = range(0, len(attacks), articles)
        parts = [attacks[start : start + articles] for start in starts]
        self.digests = [self._make(number, part) for number, part in enumerate(parts)]
        self._make_the_rest(attacks)

    def _make(self, number, attacks):
        own = attacks[number % len(attacks)]
        digest = make_digest(
            DAY.replace(day=1 + number),
            articles=0,
            published=False,
            title=line(own.text, 200),
            introduction="\n\n".join(attack.text for attack in attacks)[:10_000],
            front_matter={"key": clean(own.text)},
        )
        for place, attack in enumerate(attacks):
            self._write(digest, attack, place)
        publish(digest)
        digest.refresh_from_db()
        self._rewrite(digest)
        Correction.objects.bulk_create(
            Correction(
                digest=digest,
                article=article,
                text=clean(attack.text) or "글",
                corrected_at=digest.published_at,
            )
            for article, attack in zip(digest.articles.all(), attacks, strict=True)
        )
        publishing.correct(digest, clean(own.text) or "글", changes=_changes(attacks))
        return digest

    def _write(self, digest, attack, place):
        text = f"[글]({attack.text})" if attack.is_address else attack.text
        make_article(
            digest,
            headline=line(text, 300),
            points=[line(text, 1000)],
            **dict.fromkeys(TEXTS, "") | {TEXTS[place % 3]: text},
            **{name: line(text, length) for name, length in LINES.items()},
            other=[{"text": clean(text), "after": ("headline", "rule")[place % 2]}],
            picture=self.picture,
            drafted_by="ai",
            citations=[(line(text, 120), self._address(attack), "2026-01-03")],
            tags=[_tag(text)],
        )

    def _address(self, attack):
        usable = attack.is_address and is_web_address(attack.text)
        return attack.text if usable else f"https://hanbit.example/{attack.id}"

    def _rewrite(self, digest):
        """A revision with every text at another article, to be compared with the present one."""
        data = revisions.snapshot(digest)
        articles = data["articles"]
        moved = [
            other | {name: article[name] for name in ("uid", "slug", "feed_id")}
            for article, other in zip(articles, [*articles[1:], articles[0]], strict=True)
        ]
        note = data["title"]
        revisions.keep(digest, data | {"articles": moved}, author=self.editor, note=note)

    def _make_the_rest(self, attacks):
        """What the desk alone sees, and texts of topics, outlets and days."""
        self.draft = make_digest(DAY.replace(month=2), published=False, title=line("글", 10))
        for tag, attack in zip(Tag.objects.order_by("pk"), attacks, strict=False):
            Tag.objects.filter(pk=tag.pk).update(description=line(attack.text, 300))
        outlets = list(Publisher.objects.order_by("pk").values_list("pk", flat=True))[::2]
        Publisher.objects.filter(pk__in=outlets).update(is_portal=True)
        uid = self.draft.articles.first().uid
        for number, attack in enumerate(attacks[:60]):
            text, day = line(attack.text, 100), DAY.replace(month=3 + number // 28, day=1)
            PlannedGap.objects.create(date=day.replace(day=1 + number % 28), reason=text)
            Comment.objects.create(
                article_uid=uid, text=text, author=self.editor, created_at="2026-01-03T00:00Z"
            )
            AcceptedFinding.objects.create(
                digest=self.draft,
                key=str(number),
                code="code",
                sentence=text,
                reason=text,
                accepted_at="2026-01-03T00:00Z",
            )
            audit.record("changed", by=self.editor, target=text, note=text)
            preview_links.make(self.draft, recipient=text)
        for attack in attacks[::20]:
            text = line(attack.text, 100)
            User.objects.create_user(text, first_name=text, last_name=text, is_staff=True)
            DigestTemplate.objects.get_or_create(
                name=text, defaults={"title_pattern": text, "introduction": text}
            )

    def force(self):
        """Write rows past every rule of this project, as a script or a repair by hand could."""
        bad = "".join(map(chr, [*range(1, 32), 0x7F, 0x85, 0xFFFE, 0xFFFF])) + "]]><b onclick=a>"
        addresses = [
            'https://hanbit.example/" onmouseover="a',
            "https://user:secret@attacker.example/",
            "https://\x01javascript:a",
            "http://",
            "https://[",
        ]
        with connection.cursor() as cursor:
            for digest in self.digests[:2]:
                [first, second, *_rest] = digest.articles.all()
                cursor.execute(
                    "UPDATE articles_article SET headline = %s, outlook = %s, picture_alt = %s,"
                    " read_by = %s, points = %s, other = %s WHERE id = %s",
                    [bad, bad, bad, bad, *_json_of(bad), first.pk],
                )
                for number, address in enumerate(addresses, 1):
                    cursor.execute(
                        "INSERT INTO articles_citation (article_id, position, publisher_id, url,"
                        " url_key) VALUES (%s, %s, %s, %s, '')",
                        [second.pk, 1 + number, Publisher.objects.first().pk, address],
                    )
                cursor.execute(
                    "UPDATE articles_digest SET title = %s, introduction = %s WHERE id = %s",
                    [bad, bad, digest.pk],
                )
            cursor.execute(
                "UPDATE articles_publisher SET home_page = %s, name = %s WHERE id = %s",
                ["javascript:a", bad, Publisher.objects.first().pk],
            )
            cursor.execute(
                "UPDATE articles_tag SET name = %s, description = %s WHERE id = %s",
                [bad, bad, Tag.objects.first().pk],
            )

    def refuses(self, address) -> bool:
        """Whether the database itself takes no such address for a citation."""
        article = Article.objects.first()
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(
                    "UPDATE articles_citation SET url = %s WHERE article_id = %s",
                    [address, article.pk],
                )
        except IntegrityError:
            return True
        return False


def _tag(text):
    name = line(text, lengths.TAG)
    while is_too_long_for_tag(name, lengths.TAG):
        name = name[:-1].strip()
    return name


def _json_of(text):
    return json.dumps([text]), json.dumps([{"after": "rule", "text": text}])


def _changes(attacks):
    """What a correction says that it changed."""
    texts = [clean(attack.text) for attack in attacks]
    fields = [
        {"name": "title", "segments": [["removed", text], ["added", text]]} for text in texts[:10]
    ]
    own = {"uid": None, "headline": "", "kind": "changed", "fields": fields}
    gone = {"uid": "x", "headline": texts[0], "kind": "removed", "fields": fields[:1]}
    return [own, gone]


def published() -> list[Digest]:
    return list(Digest.objects.published().order_by("date"))
