"""Everything that can be written at the desk: each address that takes a POST, with data
that do what it is for."""

import re
import uuid
from collections.abc import Iterator
from unittest import mock

from django.contrib.auth.models import Group, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from articles.digests import trash
from articles.login.second_factor import devices
from articles.models import (
    AuditEntry,
    Delivery,
    DigestTemplate,
    Imprint,
    PlannedGap,
    Publisher,
    RejectionReason,
    Spelling,
    Storyline,
    Tag,
    TagProposal,
)
from articles.notices import deliveries
from tests.admin.content_writes import ContentWrites, Status, Write, url
from tests.admin.press.test_press import CHECK
from tests.admin.test_matrix import make_digests, make_ping, pages_drawn
from tests.inbox.candidates import make_candidate, make_feed
from tests.login.second_factor.authenticator import code_for, give_app, key_of
from tests.support.desk import filled, management, new_article
from tests.support.factories import make_article, make_digest, make_user
from tests.support.mail_services import make_service
from tests.support.posts import POST as POST_TEXT
from tests.support.push_rows import entries_of, make_program, make_push, make_token
from tests.support.receivers import make_webhook
from tests.support.suggestions import suggest

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


class DeskWrites(ContentWrites):
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
