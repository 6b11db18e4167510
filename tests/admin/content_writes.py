"""Everything that can be written at the desk about digests, storylines, tags and publishers."""

from collections.abc import Callable
from dataclasses import dataclass

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from articles.digests import revisions
from articles.models import Digest, Suggestion, TagProposal, Upload, text_hash
from tests.admin.test_matrix import FUTURE
from tests.support.desk import filled
from tests.support.factories import image_file

Status = Digest.Status


@dataclass(frozen=True)
class Write:
    """One POST to `address`; what has to be there before it, `prepare` makes with a client."""

    name: str
    address: str
    data: dict | Callable[[], dict]
    prepare: Callable[[], object] | None = None

    @property
    def page(self):
        """The row of the matrix."""
        return self.name.partition("#")[0]


def url(name, *arguments):
    return reverse(f"admin:{name}", args=arguments)


class ContentWrites:
    """The writes of content; `DeskWrites` makes what they need."""

    def to_digests(self):
        draft, many = self.draft, {"_selected_action": [self.draft.pk]}
        label = "articles_digest"
        yield Write(f"{label}_add", url(f"{label}_add"), self.new_digest())
        change = url(f"{label}_change", draft.pk)
        yield Write(f"{label}_change", change, filled(draft, title="새 제목"))
        public = self.digests[Status.PUBLISHED]
        change = url(f"{label}_change", public.pk)
        yield Write(f"{label}_change#typo", change, filled(public, articles_0_outlook="새 전망."))
        yield Write(f"{label}_change#withdraw", change, filled(public) | {"_withdraw": "1"})
        planned = self.digests[Status.SCHEDULED]
        change, data = url(f"{label}_change", planned.pk), filled(planned) | {"_unschedule": "1"}
        yield Write(f"{label}_change#unschedule", change, data)
        seen = {"post": "yes", f"seen-{draft.pk}": draft.version}
        yield Write(f"{label}_delete", url(f"{label}_delete", draft.pk), seen)
        listed = url(f"{label}_changelist")
        for action, pk in (
            ("delete_selected", draft.pk),
            ("publish_selected", draft.pk),
            ("withdraw_selected", public.pk),
        ):
            many = {"action": action, "_selected_action": [pk]} | seen
            yield Write(f"{label}_changelist#{action}", listed, many)
        day = {"date": "2026-06-01"}
        yield Write(f"{label}_start", url(f"{label}_start"), day)
        yield Write(f"{label}_duplicate", url(f"{label}_duplicate", draft.pk), day)
        uid = draft.articles.first().uid
        yield Write(f"{label}_move", url(f"{label}_move", draft.pk, uid), day)
        yield Write(f"{label}_trash", url(f"{label}_trash"), {"revision": self.deleted.pk})
        yield Write(
            f"{label}_restore",
            url(f"{label}_restore", draft.pk, 1),
            {"version": draft.version, "with": ""},
            prepare=lambda: draft.articles.update(headline="다른 제목"),
        )
        yield Write(
            f"{label}_import",
            url(f"{label}_import"),
            lambda: {"key": Upload.objects.get().key, "seen": ""},
            prepare=lambda: self.client.post(url(f"{label}_import"), {"file": self.post_file()}),
        )
        for verb, before in (("dismiss", "waiting"), ("reopen", "dismissed")):
            yield Write(
                f"{label}_{verb}",
                url(f"{label}_{verb}", draft.pk, self.suggestion.pk),
                {},
                prepare=lambda status=before: Suggestion.objects.update(status=status),
            )
        reading = url(f"{label}_reading", draft.pk, uid)
        seen = text_hash(revisions.snapshot(draft)["articles"][0])
        for step, more in (("sign", {}), ("move", {}), ("out", {"reason": "weak"})):
            data = {"step": step, "seen": seen} | more
            yield Write(f"{label}_reading#{step}", reading, data)
        earlier = self.digests[Status.WITHDRAWN].articles.first()
        data = {"step": "follow", "seen": seen, "earlier": str(earlier.uid)}
        yield Write(
            f"{label}_reading#follow",
            reading,
            data,
            prepare=lambda: Digest.objects.filter(pk=earlier.digest_id).update(date="2025-01-01"),
        )
        yield Write(
            f"{label}_reading#undo",
            url(f"{label}_reading", draft.pk),
            {"step": "undo"},
            prepare=lambda: self.client.post(reading, {"step": "sign", "seen": seen}),
        )
        file = SimpleUploadedFile("a.png", image_file())
        yield Write(f"{label}_pictures", url(f"{label}_pictures"), {"file": file})

    def steps(self):
        label = "articles_digest"
        for name, status in (("submit", Status.DRAFT), ("send-back", Status.IN_REVIEW)):
            digest = self.digests[status]
            data = {"version": digest.version, "note": "다시 볼 것"}
            yield Write(f"{label}_step {name}", url(f"{label}_step", digest.pk, name), data)
        for button, status in (
            ("_publish_now", Status.DRAFT),
            ("_schedule", Status.DRAFT),
        ):
            digest = self.digests[status]
            data = {"version": digest.version, "reason": "checked", button: "1"}
            data |= {"date": f"{FUTURE:%Y-%m-%d}", "time": "07:00"}
            data["early"] = f"now {timezone.localdate()} {digest.date}"
            yield Write(f"{label}_press#{button}", url(f"{label}_press", digest.pk), data)
        public = self.digests[Status.PUBLISHED]
        data = {"text": "숫자가 틀렸습니다.", "article": ""}
        yield Write(f"{label}_corrections", url(f"{label}_corrections", public.pk), data)
        links = url(f"{label}_preview_links", self.draft.pk)
        yield Write(f"{label}_preview_links", links, {"recipient": "법무팀", "days": 3})
        yield Write(
            f"{label}_preview_links#revoke",
            links,
            lambda: {"revoke": self.draft.preview_links.latest("pk").pk},
            prepare=lambda: self.client.post(links, {"recipient": "법무팀", "days": 3}),
        )

    def to_content(self):
        no_domains = {"domains-TOTAL_FORMS": 0, "domains-INITIAL_FORMS": 0}
        template = {"name": "주말", "title_pattern": "{date}", "language": "ko", "slots": "6"}
        for label, row, data in (
            ("articles_tag", self.tag, {"name": "칩"}),
            ("articles_publisher", self.outlet, {"name": "뉴스", "slug": "news"} | no_domains),
            ("articles_digesttemplate", self.template, template),
            ("articles_plannedgap", self.gap, {"date": "2026-05-06", "reason": "쉼"}),
            ("articles_spelling", self.spelling, {"line": "다라, 다러"}),
            ("auth_group", self.role, {"name": "손님"}),
        ):
            yield Write(f"{label}_add", url(f"{label}_add"), data)
            yield Write(f"{label}_change", url(f"{label}_change", row.pk), data)
            links = getattr(row, "tagged_articles", row.__class__.objects.none())
            seen = {"post": "yes", "seen": links.count()}
            yield Write(f"{label}_delete", url(f"{label}_delete", row.pk), seen)
        for label, rows in (
            ("articles_tag", [self.tag, self.other_tag]),
            ("articles_publisher", [self.outlet, self.other_outlet]),
            ("articles_storyline", [self.line, self.other_line]),
        ):
            chosen = {"_selected_action": [row.pk for row in rows], "target": rows[0].pk}
            data = {"action": "merge_selected"} | chosen
            yield Write(f"{label}_changelist#merge", url(f"{label}_changelist"), data)
        for label, row in (
            ("articles_digesttemplate", self.template),
            ("articles_plannedgap", self.gap),
            ("articles_spelling", self.spelling),
            ("auth_group", self.role),
            ("auth_user", self.person),
        ):
            data = {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}
            yield Write(f"{label}_changelist#delete", url(f"{label}_changelist"), data)

        label, row = "articles_imprint", self.imprint
        yield Write(f"{label}_change", url(f"{label}_change", row.pk), {"publisher": "이발행"})
        yield Write(f"{label}_delete", url(f"{label}_delete", row.pk), {"post": "yes"})
        yield from self.to_vocabulary()
        yield from self.to_storylines()

    def to_storylines(self):
        label, pk = "articles_storyline", self.line.pk
        yield Write(f"{label}_change", url(f"{label}_change", pk), {"name": "칩"})
        yield Write(f"{label}_delete", url(f"{label}_delete", pk), {"post": "yes"})
        article = self.line.entries.first().article_id
        data = {"name": "칩", "articles": [article]}
        yield Write(f"{label}_split", url(f"{label}_split", pk), data)

    def to_vocabulary(self):
        label, data = "articles_tag_vocabulary", {"list": "로봇 = robot", "store": ""}
        yield Write(label, url(label), data)
        label, uid = "articles_tag_proposal", self.proposal.article_uid
        address = url(label, self.tag.pk)
        yield Write(f"{label}#give", address, {"shown": uid, "article": uid, "confirm": ""})
        yield Write(f"{label}#refuse", address, {"refuse": ""})
        yield Write(
            f"{label}#undo",
            address,
            lambda: {"undo": (TagProposal.objects.get().decided_at or FUTURE).isoformat()},
            prepare=lambda: self.client.post(address, {"confirm-all": ""}),
        )
