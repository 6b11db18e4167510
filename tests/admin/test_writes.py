"""No write without a row in the audit trail: every address of the desk that takes a POST, with data
that do what it is for. What is written is seen at the database, whatever wrote it."""

import re
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from unittest import mock

from django.contrib.auth.models import Group, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import TestCase
from django.urls import reverse
from django.utils import timezone

from articles.digests import revisions, trash
from articles.login.second_factor import devices
from articles.models import (
    AuditEntry,
    Delivery,
    Digest,
    DigestTemplate,
    Imprint,
    PlannedGap,
    Publisher,
    RejectionReason,
    Spelling,
    Storyline,
    Suggestion,
    Tag,
    TagProposal,
    Upload,
    text_hash,
)
from articles.notices import deliveries
from tests.admin.matrix import NOBODY, PAGES, POST
from tests.admin.press.test_press import CHECK
from tests.admin.test_matrix import FUTURE, make_digests, make_ping, pages_drawn
from tests.inbox.candidates import make_candidate, make_feed
from tests.login.second_factor.authenticator import code_for, give_app, key_of
from tests.support.desk import filled, management, new_article
from tests.support.factories import image_file, make_article, make_digest, make_user
from tests.support.mail_services import make_service
from tests.support.posts import POST as POST_TEXT
from tests.support.push_rows import entries_of, make_program, make_push, make_token
from tests.support.receivers import make_webhook
from tests.support.suggestions import suggest

Status = Digest.Status
STATEMENT = re.compile(r'\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+"?(\w+)"?\s+(.*)', re.I | re.S)

# Tables whose rows are nobody's work: what is typed and not saved, who is at which page, what waits
# for a decision, what is derived, and what the libraries keep of logins.
NOBODYS_WORK = re.compile(
    r"articles_(workingcopy|presence|noticereader|upload|siteversion|feedchange|search\w*)"
    r"|django_(session|admin_log)|axes_\w+"
)
# Neither is when somebody last logged in.
OF_LOGINS = re.compile(r'auth_user SET "last_login"')
NEW_PASSWORD = dict.fromkeys(("password1", "password2"), "battery-staple-9")


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


class DeskWrites:
    """A desk, and everything that can be written there. `who` tries it, and is `me` then."""

    who = "root"

    @classmethod
    def setUpTestData(cls):
        cls.me = cls.root = User.objects.create_superuser("root", password="correct horse")
        cls.digests = make_digests()
        cls.draft = cls.digests[Status.DRAFT]
        cls.tag, cls.other_tag = (Tag.objects.create(name=name) for name in ("AI", "GPU"))
        for number in (1, 2, 3):
            make_article(cls.draft, headline=f"소식 {number}", storyline=f"가속기 {number // 3}")
        cls.line, cls.other_line = Storyline.objects.order_by("pk")
        cls.outlet, cls.other_outlet = (
            Publisher.objects.create(name=name, slug=name) for name in ("일보", "신문")
        )
        cls.template = DigestTemplate.objects.create(name="평일", title_pattern="{date}")
        cls.gap = PlannedGap.objects.create(date="2026-05-05")
        cls.spelling = Spelling.objects.create(line="가나, 가너")
        cls.imprint = Imprint.objects.create(pk=1, publisher="김발행")
        cls.person = make_user("colleague")
        cls.role = Group.objects.create(name="guest")
        cls.deleted = trash.delete(make_digest("2026-04-01", published=False))
        cls.ping = make_ping()
        cls.webhook = make_webhook("https://hook.example/")
        cls.service = make_service("https://list.example/")
        cls.delivery = deliveries.queue_test(cls.webhook, by=None)
        cls.accepted = deliveries.queue_test(cls.webhook, by=None)
        Delivery.objects.filter(pk=cls.accepted.pk).update(state="accepted")
        cls.candidate = make_candidate(title="새 칩")
        cls.feed = make_feed(moved_to="https://feeds.example/new")
        cls.reason = RejectionReason.objects.first()
        cls.program = make_program()
        cls.token = make_token(cls.program)
        cls.push = make_push(cls.program, digest=cls.draft, articles=entries_of(cls.draft))
        uid = cls.draft.articles.first().uid
        cls.proposal = TagProposal.objects.create(tag=cls.tag, article_uid=uid, weight=10)
        cls.suggestion = suggest(cls.draft, "title", "다른 제목", program="새벽 수집기")

    def setUp(self):
        self.enterContext(mock.patch(CHECK, return_value=[]))
        self.client.post(url("login"), self.login())

    def login(self):
        return {"username": self.who, "password": "correct horse"}

    # What is written

    def writes(self) -> Iterator[Write]:
        """A write for every way in which each page that writes can be used."""
        yield from self.to_digests()
        yield from self.steps()
        yield from self.to_content()
        yield from self.to_programs()
        yield from self.to_webhooks()
        yield from self.to_candidates()
        yield from self.to_mail_services()
        yield from self.to_people()
        yield from self.to_own_account()

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

    def to_programs(self):
        label, data = "articles_program", {"name": "n8n", "promise": "mon-fri 07:00"}
        yield Write(f"{label}_add", url(f"{label}_add"), data)
        yield Write(f"{label}_change", url(f"{label}_change", self.program.pk), data)
        label, data = "articles_apitoken", {"program": self.program.pk, "may_push": "on"}
        yield Write(f"{label}_add", url(f"{label}_add"), data | {"days": 30})
        yield Write(f"{label}_revoke", url(f"{label}_revoke", self.token.pk), {})
        yield Write("articles_push_undo", url("articles_push_undo", self.push.pk), {})

    def to_webhooks(self):
        label, pk = "articles_webhook", self.webhook.pk
        data = {"name": "알림방", "form": "json", "kinds": ["published"], "is_active": "on"}
        data["address"] = "https://other.example/"
        yield Write(f"{label}_add", url(f"{label}_add"), data)
        yield Write(f"{label}_change", url(f"{label}_change", pk), data)
        yield Write(f"{label}_delete", url(f"{label}_delete", pk), {"post": "yes"})
        for step in ("test", "secret"):
            yield Write(f"{label}_{step}", url(f"{label}_{step}", pk), {})
        yield Write("articles_delivery_again", url("articles_delivery_again", self.accepted.pk), {})

    def to_candidates(self):
        label, pk = "articles_candidate", self.candidate.pk
        address, step = url(f"{label}_step"), {"candidate": pk}
        day = f"{timezone.localdate() + timezone.timedelta(days=3)}"
        for name, data in (
            ("choose", {"step": "choose"}),
            ("stay", {"step": "stay"}),
            ("day", {"step": "day", "day": "2026-06-01"}),
            ("park", {"step": "park", "until": day}),
            ("reject", {"reject": self.reason.name}),
            ("renew", {"step": "renew"}),
        ):
            yield Write(f"{label}_step#{name}", address, step | data)
        yield Write(
            f"{label}_step#undo",
            address,
            {"step": "undo"},
            prepare=lambda: self.client.post(address, step | {"step": "choose"}),
        )
        page = "https://garam.example/7"
        yield Write(f"{label}_paste", url(f"{label}_paste"), {"list": page})
        yield Write(f"{label}_offer", url(f"{label}_offer"), {"url": page, "title": "새 소식"})
        label, pk = "articles_followedfeed", self.feed.pk
        data = {"name": "가람", "address": "https://garam.example/feed", "is_active": "on"}
        yield Write(f"{label}_add", url(f"{label}_add"), data)
        yield Write(f"{label}_change", url(f"{label}_change", pk), data)
        yield Write(f"{label}_delete", url(f"{label}_delete", pk), {"post": "yes"})
        yield Write(f"{label}_moved", url(f"{label}_moved", pk), {})
        yield Write(f"{label}_poll", url(f"{label}_poll", pk), {})
        yield Write(f"{label}_opml", url(f"{label}_opml"), lambda: {"file": self.opml_file()})
        label, pk = "articles_rejectionreason", self.reason.pk
        data = {"name": "오래된 소식", "position": "9"}
        yield Write(f"{label}_add", url(f"{label}_add"), data)
        yield Write(f"{label}_change", url(f"{label}_change", pk), data)
        yield Write(f"{label}_delete", url(f"{label}_delete", pk), {"post": "yes"})
        for label, pk in (("followedfeed", self.feed.pk), ("rejectionreason", self.reason.pk)):
            data = {"action": "delete_selected", "_selected_action": [pk], "post": "yes"}
            label = f"articles_{label}_changelist"
            yield Write(f"{label}#delete", url(label), data)

    def to_mail_services(self):
        label, pk = "articles_mailservice", self.service.pk
        data = {"name": "저녁 메일", "kind": "buttondown", "mode": "draft", "authorization": "key"}
        data["address"] = "https://other.example/"
        yield Write(f"{label}_add", url(f"{label}_add"), data)
        yield Write(f"{label}_change", url(f"{label}_change", pk), data)
        yield Write(f"{label}_delete", url(f"{label}_delete", pk), {"post": "yes"})

    def to_people(self):
        label, pk = "auth_user", self.person.pk
        new = {"username": "hana", "usable_password": "true"} | NEW_PASSWORD
        yield Write(f"{label}_add", url(f"{label}_add"), new)
        roles = {"username": "colleague", "is_active": "on", "is_staff": "on"}
        editor = {"groups": [Group.objects.get(name="editor").pk]}
        yield Write(f"{label}_change", url(f"{label}_change", pk), roles | editor)
        yield Write(f"{label}_change#name", url(f"{label}_change", pk), roles | {"last_name": "김"})
        yield Write(f"{label}_delete", url(f"{label}_delete", pk), {"post": "yes"})
        password = {"usable_password": "true"} | NEW_PASSWORD
        address = url(f"{label}_password_change", pk)
        yield Write(f"{label}_password_change", address, password)
        address = url(f"{label}_second_factor", pk)
        yield Write(f"{label}_second_factor", address, {}, lambda: give_app(self.person))

    def to_own_account(self):
        new = dict.fromkeys(("new_password1", "new_password2"), "battery-staple-9")
        data = {"old_password": "correct horse"} | new
        yield Write("password_change", url("password_change"), data)
        add = url("second_factor_add")
        yield Write("second_factor_add", add, self.code)
        yield Write("second_factor_codes", url("second_factor_codes"), {}, prepare=self.add_app)
        for name, data in (("rename", {"name": "태블릿"}), ("remove", {"remove": "1"})):
            yield Write(
                f"second_factor_device#{name}",
                lambda: url("second_factor_device", "app", devices.devices_of(self.me)[0].pk),
                data,
                prepare=self.add_app,
            )
        yield Write(
            "second_factor_verify#recovery",
            url("second_factor_verify"),
            lambda: {"recovery_code": self.recovery_code},
            prepare=self.stop_at_the_second_step,
        )

    # What writes nothing that is anybody's work

    def quiet(self) -> Iterator[Write]:
        draft = self.draft
        for name in ("index", "login", "second_factor", "second_factor_confirm"):
            yield Write(name, url(name), self.login())
        yield Write("logout", url("logout"), {})
        # With mail there is a choice; tests/admin/desk/test_notices.py has it.
        yield Write("notices", url("notices"), {"until": "1"})
        # Without mail there is no such page; tests/login/test_lost_password.py has it with mail.
        yield Write("lost_password", url("lost_password"), {"email": "root@example.com"})
        yield Write("lost_password_sent", url("lost_password_sent"), {})
        yield Write("new_password", url("new_password", "a-b", "MQ"), {})
        yield Write("(?P<url>.*)$", "/admin/nowhere/", {})
        for app in ("articles", "auth"):
            yield Write(f"app_list {app}", url("app_list", app), {})
        yield Write("markdown-preview", reverse("markdown-preview"), {"content": "**글**"})
        rows = {
            **{"articles_digest": draft, "articles_tag": self.tag, "auth_user": self.person},
            "articles_storyline": self.line,
            **{"articles_publisher": self.outlet, "articles_digesttemplate": self.template},
            **{"articles_plannedgap": self.gap, "auth_group": self.role},
            **{"articles_imprint": self.imprint, "articles_spelling": self.spelling},
            "articles_auditentry": AuditEntry.objects.first(),
            "articles_hubping": self.ping,
            **{"articles_program": self.program, "articles_push": self.push},
            "articles_apitoken": self.token,
            "articles_mailservice": self.service,
            **{"articles_webhook": self.webhook, "articles_delivery": self.delivery},
            **{"articles_candidate": self.candidate, "articles_followedfeed": self.feed},
            "articles_rejectionreason": self.reason,
        }
        for label, row in rows.items():
            path = label.replace("_", "/")
            yield Write(f"{label}_history", url(f"{label}_history", row.pk), {})
            yield Write(f"{path}/<path:object_id>/", f"/admin/{path}/{row.pk}/", {})
        yield Write("articles_program_changelist", url("articles_program_changelist"), {})
        yield Write("articles_webhook_changelist", url("articles_webhook_changelist"), {})
        address = url("articles_mailservice_changelist")
        yield Write("articles_mailservice_changelist", address, {})
        yield Write("articles_imprint_changelist", url("articles_imprint_changelist"), {})
        yield Write("articles_candidate_changelist", url("articles_candidate_changelist"), {})
        read_only = ("auditentry", "hubping", "push", "apitoken", "delivery")
        for label in (f"articles_{name}" for name in read_only):
            data = {
                "action": "delete_selected",
                "_selected_action": [rows[label].pk],
                "post": "yes",
            }
            yield Write(f"{label}_changelist", url(f"{label}_changelist"), data)
        label, typed = (
            "articles_digest",
            filled(draft, title="쓰는 중") | {"form_key": uuid.uuid4()},
        )
        yield Write(f"{label}_revision", url(f"{label}_revision", draft.pk, 1), {})
        for name in ("findings", "preview"):
            yield Write(f"{label}_{name}", url(f"{label}_{name}", draft.pk), typed)
        yield Write(f"{label}_autosave", f"{url(f'{label}_autosave')}?sequence=1", typed)
        address = f"{url(f'{label}_autosave')}?sequence=1&digest={draft.pk}"
        yield Write(f"{label}_autosave of a digest", address, typed)
        address = f"{url(f'{label}_presence')}?digest={draft.pk}"
        yield Write(f"{label}_presence of a digest", address, {})
        discard = url(f"{label}_discard", uuid.uuid4())
        yield Write(f"{label}_discard", f"{discard}?digest={draft.pk}", {})
        yield Write(f"{label}_paste", url(f"{label}_paste"), {"text": POST_TEXT})
        # Without mail nothing is sent; tests/admin/press/test_mail.py has it with mail.
        yield Write(f"{label}_mail", url(f"{label}_mail", draft.pk), {})
        # Nor is anybody invited; tests/login/test_invitations.py has it with mail.
        yield Write("auth_user_invite", url("auth_user_invite", self.person.pk), {})

    # What the writes need

    def new_digest(self):
        data = {"date": "2026-07-01", "title": "칠월", "language": "ko", "introduction": ""}
        return data | management(1) | new_article(0, "첫 기사") | {"version": ""}

    def opml_file(self):
        outline = '<outline text="가람" xmlUrl="https://garam.example/feed"/>'
        return SimpleUploadedFile("feeds.opml", f"<opml><body>{outline}</body></opml>".encode())

    def post_file(self):
        return SimpleUploadedFile("2026-01-03-news.md", POST_TEXT.encode())

    def code(self):
        return {"code": code_for(key_of(self.client.get(url("second_factor_add")))), "name": "폰"}

    def add_app(self):
        return self.client.post(url("second_factor_add"), self.code())

    def stop_at_the_second_step(self):
        self.recovery_code = self.add_app().context["codes"][0]
        self.client.logout()
        self.client.post(url("login"), self.login())

    # Trying them

    def sent(self, write):
        """The tables of somebody's work that a write changed, and its rows in the trail."""
        if write.prepare:
            write.prepare()
        data = write.data() if callable(write.data) else write.data
        address = write.address() if callable(write.address) else write.address
        newest, seen = AuditEntry.objects.order_by("pk").last().pk, Statements()
        watched = connection.execute_wrapper(seen)
        # What is written, is written before the page is drawn.
        with watched, self.captureOnCommitCallbacks(execute=True), pages_drawn(False):
            response = self.client.post(address, data)
        self.assertLess(response.status_code, 500)
        self.tables = {table for table, _rest in seen.found}
        return seen.of_work(), list(AuditEntry.objects.filter(pk__gt=newest))

    def undone(self):
        return Undone(self)


class DeskWritesTestCase(DeskWrites, TestCase):
    pass


class WritesTests(DeskWritesTestCase):
    """Every write and the rest, as a superuser. Rows are added to the trail, and whatever is done,
    none is changed or deleted."""

    def setUp(self):
        super().setUp()
        self.trail = list(AuditEntry.objects.order_by("pk").values())

    def assertTrailKept(self):
        kept = AuditEntry.objects.filter(pk__in=[row["id"] for row in self.trail])
        self.assertEqual(list(kept.order_by("pk").values()), self.trail)

    def test_every_page_that_takes_a_post_is_here(self):
        told = {write.page for write in (*self.writes(), *self.quiet())}
        self.assertEqual(told - PAGES.keys(), set())
        self.assertEqual({name for name, page in PAGES.items() if takes_post(page)} - told, set())

    def test_every_write_leaves_a_row_that_says_who(self):
        for write in self.writes():
            with self.subTest(write.name), self.undone():
                written, entries = self.sent(write)
                self.assertTrue(written, "nothing was written")
                self.assertTrue(entries, f"{sorted(written)} without a row")
                self.assertEqual({entry.actor_name for entry in entries}, {"root"})
                self.assertTrailKept()

    def test_the_rest_writes_nothing_that_is_anybodys_work(self):
        for write in self.quiet():
            with self.subTest(write.name), self.undone():
                self.assertEqual(self.sent(write), (set(), []))
                self.assertTrailKept()


class Undone:
    """What happens inside is taken back, the client's cookies too."""

    def __init__(self, test):
        self.test = test

    def __enter__(self):
        self.kept = {name: morsel.value for name, morsel in self.test.client.cookies.items()}
        self.atomic = transaction.atomic()
        self.atomic.__enter__()

    def __exit__(self, *error):
        transaction.set_rollback(True)
        self.atomic.__exit__(*error)
        self.test.client.cookies.clear()
        for name, value in self.kept.items():
            self.test.client.cookies[name] = value


class Statements:
    """Collects what is written to tables that hold somebody's work."""

    def __init__(self):
        self.found = []

    def __call__(self, execute, sql, *rest):
        if match := STATEMENT.match(sql):
            self.found.append((match[1], match[2]))
        return execute(sql, *rest)

    def of_work(self):
        return {
            table
            for table, rest in self.found
            if table != "articles_auditentry"
            and not NOBODYS_WORK.fullmatch(table)
            and not OF_LOGINS.match(f"{table} {rest}")
        }


def takes_post(page):
    """Whether somebody is let in with a POST."""
    return POST in page.methods and page.admitted(POST) != NOBODY and page.post != "405"
