"""What a writer can try with a digest in each of its states, beyond a way for every page."""

import uuid

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from articles.digests import preview_links
from articles.models import Digest, Tag
from tests.admin.content_writes import Write, url
from tests.admin.test_matrix import FUTURE
from tests.support.desk import filled, management, new_article
from tests.support.factories import image_file
from tests.support.posts import post

Status = Digest.Status
OUT = (Status.SCHEDULED, Status.PUBLISHED)
LABEL = "articles_digest"
FREE = "2026-06-09"  # a day without a digest

FORGED_BUTTONS = ("_publish", "_schedule", "_unschedule", "_withdraw", "_send_back")


class ExtraWrites:
    """What a writer can try with a digest in each of its states, beyond a way for every page."""

    def extra(self):
        for status, digest in self.digests.items():
            digest.refresh_from_db()
            yield from self.saves(status, digest)
            yield from self.steps_of(status, digest)
            yield from self.links(status, digest)
            yield from self.moves(status, digest)
            yield from self.restores(status, digest)
            yield from self.while_typing(status, digest)
            yield from self.imports(status, digest)
        yield from self.new_days()
        yield from self.names()

    def form(self, digest, more=None, **changes):
        """The digest's form as it is when it is sent, with fields changed."""

        def data():
            present = Digest.objects.get(pk=digest.pk)
            return filled(present, **changes) | (more(present) if more else {})

        return data

    def saves(self, status, digest):
        desk = {"assignee": self.me.pk, "is_ready": "on", "comment": "몰래"}
        foreign = str(self.shown_day.articles.first().uid)
        corrected = {"change_kind": "correction", "correction_text": "몰래", "shows_changes": "on"}
        texts = {
            "title": self.form(digest, title="몰래", introduction="몰래"),
            "article": self.form(digest, articles_0_headline="몰래", articles_0_outlook="몰래"),
            "tags": self.form(digest, articles_0_tag_names="gpu, 몰래"),
            "added": self.form(digest, more=self.one_more),
            "taken out": self.form(digest, more=lambda _digest: {"articles-0-DELETE": "on"}),
            "order": self.form(digest, articles_0_ORDER=2, articles_1_ORDER=1),
            "uid of readers' article": self.form(digest, articles_0_uid=foreign),
            "picture": self.form(digest, more=lambda _digest: self.picture_fields()),
            "for the desk": self.form(
                digest, **{f"articles_0_{name}": value for name, value in desk.items()}
            ),
            "readers' day": self.form(digest, date=self.shown_day.date.isoformat(), title="몰래"),
            "another day": self.form(digest, date=FREE, title="몰래"),
            "correction": self.form(digest, title="몰래", **corrected),
            "conflict": self.form(digest, title="몰래", more=self.conflict),
        }
        address = url(f"{LABEL}_change", digest.pk)
        for name, data in texts.items():
            yield Write(f"{status} save {name}", address, with_button(data, "_continue"))
        for button in ("_save", "_addanother", "_submit", *FORGED_BUTTONS):
            yield Write(f"{status} {button}", address, with_button(texts["article"], button))

    def one_more(self, digest):
        """An article with the tags, publishers and pictures of others, and with new ones."""
        count = digest.articles.count()
        article = new_article(
            count,
            "AI 소식",
            points="몰래",
            tag_names="gpu, ＡＩ, 공통, 몰래",
            citation_lines="몰래 | https://outlet1.example/9\r\n일보 | https://molrae.example/1",
            picture=str(self.picture.uid),
            picture_alt="몰래",
        )
        return management(count + 1) | article

    def picture_fields(self):
        return {"articles-0-picture_file": self.png(), "articles-0-picture_alt": "몰래"}

    def conflict(self, digest):
        """The page with two versions, with one's own chosen."""
        uid = self.uid_in(digest)
        chosen = {"choose-title": "mine", f"choose-{uid}.headline": "mine"}
        return {"version": 1, "chosen-version": digest.version} | chosen

    def png(self):
        return SimpleUploadedFile("a.png", image_file(color="red"))

    def steps_of(self, status, digest):
        def seen(**more):
            return lambda: {"version": Digest.objects.get(pk=digest.pk).version} | more

        for step in ("submit", "send-back"):
            address = url(f"{LABEL}_step", digest.pk, step)
            yield Write(f"{status} {step}", address, seen(note="몰래"))
        hour = {"date": f"{FUTURE:%Y-%m-%d}", "time": "07:00", "reason": "checked"}
        hour["early"] = f"now {timezone.localdate()} {digest.date}"
        for button in ("_publish_now", "_schedule"):
            data = seen(**hour, **{button: "1"})
            yield Write(f"{status} press {button}", url(f"{LABEL}_press", digest.pk), data)
        data = {"text": "몰래", "article": ""}
        yield Write(f"{status} correction", url(f"{LABEL}_corrections", digest.pk), data)
        chosen = {"post": "yes", "_selected_action": [digest.pk]}
        chosen[f"seen-{digest.pk}"] = digest.version
        yield Write(f"{status} delete", url(f"{LABEL}_delete", digest.pk), chosen)
        for action in ("publish_selected", "withdraw_selected", "delete_selected"):
            data = {"action": action} | chosen
            yield Write(f"{status} {action}", url(f"{LABEL}_changelist"), data)

    def links(self, status, digest):
        address = url(f"{LABEL}_preview_links", digest.pk)
        made = {"recipient": "몰래", "days": 3}
        yield Write(f"{status} preview link", address, made)
        if not preview_links.why_not(digest):
            yield Write(
                f"{status} revoke",
                address,
                lambda: {"revoke": digest.preview_links.first().pk},
                prepare=lambda: preview_links.make(digest),
            )

    def uid_in(self, digest):
        """The permanent id of its first article, or of one that it does not have any more."""
        first = digest.articles.order_by("position").first()
        return str(first.uid if first else uuid.UUID(int=7))

    def moves(self, status, digest):
        days = {"free": FREE} | {s: d.date.isoformat() for s, d in self.digests.items()}
        for name, day in days.items():
            address = url(f"{LABEL}_move", digest.pk, self.uid_in(digest))
            yield Write(f"{status} move to {name}", address, {"date": day})
        for name in ("free", Status.PUBLISHED):
            address = url(f"{LABEL}_duplicate", digest.pk)
            yield Write(f"{status} duplicate to {name}", address, {"date": days[name]})

    def restores(self, status, digest):
        """Back to the first revision, all of it and one article, after a headline was changed."""
        address = url(f"{LABEL}_restore", digest.pk, 1)
        for name, article in (("whole", ""), ("article", self.uid_in(digest))):
            yield Write(
                f"{status} restore {name}",
                address,
                lambda article=article: {
                    "version": Digest.objects.get(pk=digest.pk).version,
                    "article": article,
                    "with": "",
                },
                prepare=None
                if status in OUT
                else lambda: digest.articles.filter(position=1).update(headline="다른 제목"),
            )

    def while_typing(self, status, digest):
        typed = filled(digest, title="몰래", articles_0_headline="몰래")
        typed["form_key"] = uuid.uuid4()
        asked = f"?sequence=1&digest={digest.pk}"
        for name, address in (
            ("autosave", url(f"{LABEL}_autosave") + asked),
            ("presence", url(f"{LABEL}_presence") + asked),
            ("preview", url(f"{LABEL}_preview", digest.pk)),
            ("findings", url(f"{LABEL}_findings", digest.pk)),
        ):
            yield Write(f"{status} {name}", address, typed)

    def imports(self, status, digest):
        """A post for a day that has a digest, imported with everything ticked."""
        page = url(f"{LABEL}_import")
        text = post(digest.date.isoformat(), headline="몰래").encode()
        file = SimpleUploadedFile(f"{digest.date}-news.md", text)
        found = {}

        def upload():
            file.seek(0)
            context = self.client.post(page, {"file": file}).context or {}
            if "upload" in context:
                found.update({"key": context["upload"].key, "seen": context["seen"]})

        ticked = {"force": "on", "publish": "on"}
        yield Write(f"{status} import", page, lambda: found | ticked, prepare=upload)

    def new_days(self):
        """New digests for days that are free, planned as gaps, and those of readers."""
        days = {"free": FREE, "gap": self.gap.date, "readers'": self.shown_day.date}
        for name, day in days.items():
            yield Write(f"start {name} day", url(f"{LABEL}_start"), {"date": day})
            data = self.new_digest() | {"date": day, "articles-0-tag_names": "gpu, 공통, 몰래"}
            for button in ("_continue", "_submit", *FORGED_BUTTONS):
                yield Write(f"{name} add {button}", url(f"{LABEL}_add"), data | {button: "1"})

    def names(self):
        """Tags and publishers like those that readers know, and changes of these."""
        none = {"domains-TOTAL_FORMS": 0, "domains-INITIAL_FORMS": 0}
        domain = {"domains-TOTAL_FORMS": 1, "domains-INITIAL_FORMS": 0}
        for name in ("ai", "A-I", "ＡＩ", "공통", "몰래"):
            yield Write(f"add tag {name}", url("articles_tag_add"), {"name": name})
        for number, (name, slug) in enumerate(
            (("일보", "일보"), ("일 보", "일보"), ("일보!", ""), ("몰래", "molrae"))
        ):
            data = domain | {"name": name, "slug": slug, "is_portal": "on"}
            data |= {"domains-0-domain": f"outlet{number}.example"}
            yield Write(f"add publisher {name} {slug}", url("articles_publisher_add"), data)
        changed = {"name": "몰래", "description": "몰래", "new_address": "on"}
        yield Write("change tag", url("articles_tag_change", self.tag.pk), changed)
        changed = none | {"name": "몰래", "slug": "molrae", "home_page": "https://molrae.example/"}
        yield Write("change publisher", url("articles_publisher_change", self.outlet.pk), changed)
        # Making into one in both directions, a hidden one among them.
        hidden = Tag.objects.get(name="비밀")
        for target in (self.tag, hidden):
            chosen = {"_selected_action": [self.tag.pk, hidden.pk], "target": target.pk}
            data = {"action": "merge_selected", "select_across": "1", "index": "0"} | chosen
            yield Write(f"merge into {target.name}", url("articles_tag_changelist"), data)


def with_button(data, name):
    return lambda: data() | {name: "1"}
