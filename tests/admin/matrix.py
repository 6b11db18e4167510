"""Who gets which answer from every address of the desk: the declared table, and the addresses.

A page has a row in `PAGES` under the name of its URL pattern, or under the pattern itself where it
has no name. A row says who is let in; all others who are logged in get FORBIDDEN and strangers the
login form. What it says besides is the answer to those who are let in. All who are logged in have
shown just now who they are; `tests/login/second_factor/test_same_person.py` asks for the others.
"""

from dataclasses import dataclass, field, replace

from django.urls import get_resolver

from articles.models import Digest

Status = Digest.Status

# Roles, from the least to the most powerful.
STRANGER, CLERK, WRITER, EDITOR, ADMIN, SUPERUSER = ROLES = (
    *("stranger", "clerk", "writer", "editor", "admin", "superuser"),
)
SUPERUSERS = frozenset({SUPERUSER})
ADMINS = SUPERUSERS | {ADMIN}
EDITORS = ADMINS | {EDITOR}
WRITERS = EDITORS | {WRITER}
STAFF = WRITERS | {CLERK}
NOBODY = frozenset()

# Answers.
LOGIN, FORBIDDEN, NOT_FOUND, OK = "login", "403", "404", "200"
ELSEWHERE, METHOD, BAD = "302", "405", "400"

GET, HEAD, POST, PUT, DELETE, OPTIONS = METHODS = (
    *("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"),
)
PAGE = frozenset({GET, HEAD, POST})
READ = frozenset({GET, HEAD})
POST_ONLY = frozenset({POST})
REFUSED = dict.fromkeys(METHODS[:2] + METHODS[3:], "405")  # but for POST

# What Django's class-based views say of methods that nobody asks for.
CLASS_VIEW = {DELETE: METHOD, OPTIONS: OK}

# States of what the address names. Nobody can tell a deleted thing from one that never was.
OUT = (Status.SCHEDULED, Status.PUBLISHED)
THERE, ROOT, DELETED, NEVER = "there", "superuser", "deleted", "never"
GONE = (DELETED, NEVER)
DIGEST_STATES = (*Status.values, *GONE)


@dataclass(frozen=True)
class Page:
    """`get` answers GET, HEAD and whatever the page does not tell from them, `post` a POST without
    fields, from `writers` where not all who may read may write; `others` is for those who are not
    let in. Methods beyond `methods` get METHOD from whomever. `by_method`, `by_role` and `states`
    have what differs for one method, one role, and one state of what the address names."""

    roles: frozenset
    writers: frozenset | None = None
    methods: frozenset = frozenset(METHODS)
    get: str = OK
    post: str = OK
    others: str = FORBIDDEN
    strangers: str = LOGIN
    strangers_by_method: dict = field(default_factory=dict)
    by_method: dict = field(default_factory=dict)
    by_role: dict = field(default_factory=dict)
    states: dict = field(default_factory=dict)

    def answer(self, role, method, state=THERE):
        """The declared answer."""
        if state in self.states:
            return replace(self, states={}, **self.states[state]).answer(role, method)
        if role == STRANGER:
            return self.strangers_by_method.get(method, self.strangers)
        if method in self.by_method or role in self.by_role:
            return self.by_method.get(method) or self.by_role[role]
        if method not in self.methods:
            return METHOD
        if role not in self.admitted(method):
            return self.others
        return self.post if method == POST else self.get

    def admitted(self, method):
        """The roles that are let in with a method."""
        return self.writers if method == POST and self.writers is not None else self.roles

    def roles_to_ask(self, method, state):
        """All roles read and write, in every state. Of the methods that nobody uses at the desk,
        two roles besides strangers tell enough, the most powerful one kept out and the least
        powerful one let in, where readers have the digest and where there is none."""
        if method in (GET, POST):
            return ROLES
        if state in DIGEST_STATES and state not in (Status.PUBLISHED, NEVER):
            return ()
        out = [role for role in ROLES[1:] if role not in self.roles]
        let_in = [role for role in ROLES[1:] if role in self.roles]
        return (STRANGER, *out[-1:], *let_in[:1])

    def is_drawn_for(self, role, method, state):
        """All roles get a drawn page in some states, and in all of them the least and the most
        powerful one let in, and whoever is kept out."""
        some = state not in DIGEST_STATES or state in (Status.DRAFT, Status.PUBLISHED)
        let_in = [role for role in ROLES if role in self.roles]
        return method == GET and (some or role not in let_in[1:-1])


def both(answer):
    return {"get": answer, "post": answer}


def states(*named, **changes):
    return dict.fromkeys(named, changes)


LEADS_ON = Page(STAFF, **both(ELSEWHERE))
MISSING = states(*GONE, **both(NOT_FOUND))
MISSED = states(*GONE, **both(ELSEWHERE))  # Django leads from what is not there to the index


def of_digest(roles, *, missing=MISSING, by_state=None, **more):
    return Page(roles, states={**missing, **(by_state or {})}, **more)


def of_model(label, *, view, add, change, delete, missing=MISSED):
    """The pages that Django's admin gives every model."""
    return {
        f"{label}_changelist": Page(view, post=OK),
        f"{label}_add": Page(add),
        f"{label}_change": Page(view, writers=change, states=missing),
        f"{label}_history": Page(view, states=missing),
        f"{label}_delete": Page(delete, states=missing),
        f"{label.replace('_', '/')}/<path:object_id>/": LEADS_ON,
    }


CONTENT = {"view": WRITERS, "add": WRITERS, "change": WRITERS}
# Writers make them by typing them; readers see them, so that changing them is for who may publish.
NAMES = {"view": WRITERS, "add": WRITERS, "change": EDITORS, "delete": EDITORS}

PAGES = {
    # The site
    "index": Page(STAFF),
    "login": Page(
        STAFF,
        **both(LOGIN),
        by_method={GET: ELSEWHERE, HEAD: OK, **CLASS_VIEW},
        strangers_by_method={HEAD: OK, **CLASS_VIEW},
    ),
    "logout": Page(STAFF, methods=POST_ONLY, by_method={OPTIONS: OK}, strangers=ELSEWHERE),
    "password_change": Page(STAFF, by_method=CLASS_VIEW),
    "password_change_done": Page(STAFF, methods=READ, by_method=CLASS_VIEW),
    # There for everybody, but only where mail is set up: tests/login/test_lost_password.py.
    "lost_password": Page(STAFF, **both(NOT_FOUND), strangers=NOT_FOUND),
    "lost_password_sent": Page(STAFF, **both(NOT_FOUND), strangers=NOT_FOUND),
    "new_password": Page(STAFF, **both(NOT_FOUND), strangers=NOT_FOUND),
    # One's own second factor.
    "second_factor": Page(STAFF),
    "second_factor_verify": Page(STAFF, **both(ELSEWHERE)),
    "second_factor_add": Page(STAFF),
    "second_factor_confirm": Page(STAFF),
    "second_factor_codes": Page(STAFF, **both(ELSEWHERE)),
    "second_factor_device": Page(STAFF, **both(NOT_FOUND)),
    "notices": Page(WRITERS, methods=PAGE, post=ELSEWHERE),
    "manual": Page(STAFF, methods=READ),
    # There is no folder here; tests/admin/desk/test_mail_folder.py has one.
    **dict.fromkeys(
        ("mails", "mails_mail", "mails_html"), Page(EDITORS, methods=READ, get=NOT_FOUND)
    ),
    "autocomplete": Page(NOBODY, methods=READ, by_method=CLASS_VIEW),
    "jsi18n": Page(STAFF, methods=READ, by_method=CLASS_VIEW),
    "app_list articles": Page(WRITERS, others=NOT_FOUND),
    "app_list auth": Page(ADMINS, others=NOT_FOUND),
    "(?P<url>.*)$": Page(STAFF, **both(NOT_FOUND)),
    "markdown-preview": Page(
        STAFF,
        methods=POST_ONLY,
        post=BAD,
        strangers_by_method=dict.fromkeys({*METHODS} - POST_ONLY, METHOD),
    ),
    # Digests
    **of_model("articles_digest", **CONTENT, delete=EDITORS),
    "articles_digest_change": of_digest(
        WRITERS,
        missing=states(*GONE, get=ELSEWHERE),  # a POST makes it anew
    ),
    "articles_digest_history": of_digest(WRITERS, by_state=states(*OUT, roles=EDITORS)),
    "articles_digest_delete": of_digest(
        EDITORS,
        missing=MISSED,
        by_state=states(*OUT, Status.WITHDRAWN, **both(ELSEWHERE)),
    ),
    "articles_digest_revision": of_digest(WRITERS, by_state=states(*OUT, roles=EDITORS)),
    "articles_digest_restore": of_digest(
        WRITERS, methods=POST_ONLY, post=ELSEWHERE, by_state=states(*OUT, roles=EDITORS)
    ),
    "articles_digest_duplicate": of_digest(WRITERS, methods=PAGE),
    "articles_digest_move": of_digest(WRITERS, methods=PAGE),
    "articles_digest_step submit": of_digest(
        WRITERS,
        methods=PAGE,
        by_state=states(*OUT, Status.IN_REVIEW, **both(ELSEWHERE)),
    ),
    "articles_digest_step send-back": of_digest(
        EDITORS,
        methods=PAGE,
        by_state=states(*OUT, Status.DRAFT, Status.WITHDRAWN, **both(ELSEWHERE)),
    ),
    "articles_digest_press": of_digest(
        EDITORS, methods=PAGE, by_state=states(Status.PUBLISHED, **both(ELSEWHERE))
    ),
    # Without a step there is nothing to do; the first is the page without an article.
    "articles_digest_reading": of_digest(
        WRITERS, methods=PAGE, post=BAD, by_state=states(*OUT, roles=EDITORS)
    ),
    "articles_digest_corrections": of_digest(
        EDITORS,
        **both(ELSEWHERE),
        by_state=states(Status.PUBLISHED, **both(OK)),
    ),
    "articles_digest_preview_links": of_digest(
        WRITERS,
        by_state=states(Status.SCHEDULED, roles=EDITORS)
        | states(Status.PUBLISHED, roles=EDITORS, **both(ELSEWHERE))
        | states(Status.WITHDRAWN, **both(ELSEWHERE)),
    ),
    # Without mail nothing is sent; tests/admin/press/test_mail.py has it with mail.
    "articles_digest_mail": of_digest(WRITERS, methods=PAGE, post=ELSEWHERE),
    "articles_digest_mail_html": of_digest(WRITERS, methods=READ),
    # What is typed for a digest that is gone is a new one's.
    "articles_digest_findings": of_digest(WRITERS, methods=POST_ONLY, missing={}),
    "articles_digest_preview": of_digest(WRITERS, methods=POST_ONLY, missing={}),
    "articles_digest_autosave": Page(WRITERS, methods=POST_ONLY, post=BAD),
    "articles_digest_autosave of a digest": of_digest(WRITERS, methods=POST_ONLY, post=BAD),
    "articles_digest_presence": Page(WRITERS, **both(METHOD)),
    "articles_digest_presence of a digest": of_digest(WRITERS, get=METHOD),
    "articles_digest_dismiss": of_digest(
        WRITERS, methods=POST_ONLY, post=ELSEWHERE, by_state=states(*OUT, roles=EDITORS)
    ),
    "articles_digest_reopen": of_digest(
        WRITERS, methods=POST_ONLY, post=ELSEWHERE, by_state=states(*OUT, roles=EDITORS)
    ),
    "articles_digest_discard": Page(WRITERS, get=FORBIDDEN, post=ELSEWHERE),
    "articles_digest_trash": Page(EDITORS, methods=PAGE, post=NOT_FOUND),
    "articles_digest_start": Page(WRITERS, methods=POST_ONLY, post=BAD),
    "articles_digest_paste": Page(WRITERS, methods=POST_ONLY),
    "articles_digest_import": Page(WRITERS, methods=PAGE),
    "articles_digest_pictures": Page(WRITERS, methods=POST_ONLY, post=BAD),
    "articles_digest_picture": Page(WRITERS, methods=READ, get=NOT_FOUND),
    # What digests are made of
    **of_model("articles_tag", **NAMES),
    "articles_tag_suggest": Page(WRITERS, methods=frozenset({GET})),
    "articles_tag_vocabulary": Page(EDITORS, methods=PAGE),
    "articles_tag_vocabulary_list": Page(EDITORS, methods=READ),
    "articles_tag_proposals": Page(EDITORS, methods=READ),
    "articles_tag_proposal": Page(EDITORS, methods=PAGE, post=ELSEWHERE, states=MISSING),
    **of_model("articles_publisher", **NAMES),
    # They are made by typing them.
    **of_model("articles_storyline", **NAMES | {"add": NOBODY}),
    "articles_storyline_split": Page(EDITORS, methods=PAGE, states=MISSING),
    "articles_publisher_of_address": Page(WRITERS, methods=frozenset({GET})),
    **of_model("articles_digesttemplate", **CONTENT, delete=SUPERUSERS),
    **of_model("articles_plannedgap", view=WRITERS, add=EDITORS, change=EDITORS, delete=EDITORS),
    **of_model("articles_spelling", **dict.fromkeys(("view", "add", "change", "delete"), EDITORS)),
    # One row, which its list leads to; there can be no second one.
    **of_model("articles_imprint", view=EDITORS, add=NOBODY, change=EDITORS, delete=EDITORS),
    "articles_imprint_changelist": Page(EDITORS, **both(ELSEWHERE)),
    # Programs are admitted by admins, and what they hand in is everybody's business at the desk.
    **of_model("articles_program", view=ADMINS, add=ADMINS, change=ADMINS, delete=NOBODY),
    **of_model("articles_push", view=WRITERS, add=NOBODY, change=NOBODY, delete=NOBODY),
    **of_model("articles_apitoken", view=ADMINS, add=ADMINS, change=NOBODY, delete=NOBODY),
    "articles_apitoken_revoke": Page(ADMINS, methods=POST_ONLY, post=ELSEWHERE, states=MISSING),
    "articles_push_undo": Page(WRITERS, methods=POST_ONLY, post=ELSEWHERE, states=MISSING),
    "articles_push_text": Page(WRITERS, methods=READ, states=MISSING),
    # Candidates are everybody's business; nobody edits what came in, and steps decide about it.
    **of_model("articles_candidate", view=WRITERS, add=NOBODY, change=NOBODY, delete=NOBODY),
    "articles_candidate_step": Page(WRITERS, methods=POST_ONLY, post=ELSEWHERE),
    "articles_candidate_paste": Page(WRITERS, methods=PAGE, post=ELSEWHERE),
    "articles_candidate_offer": Page(WRITERS, methods=PAGE),
    "articles_candidate_origins": Page(WRITERS, methods=READ),
    **of_model("articles_followedfeed", view=WRITERS, add=EDITORS, change=EDITORS, delete=EDITORS),
    "articles_followedfeed_opml": Page(EDITORS, methods=PAGE),
    "articles_followedfeed_moved": Page(EDITORS, methods=POST_ONLY, post=ELSEWHERE, states=MISSING),
    "articles_followedfeed_poll": Page(EDITORS, methods=POST_ONLY, post=ELSEWHERE, states=MISSING),
    **of_model(
        "articles_rejectionreason",
        **dict.fromkeys(("view", "add", "change", "delete"), EDITORS),
    ),
    # The trail is read by editors and written by nobody.
    **of_model("articles_auditentry", view=EDITORS, add=NOBODY, change=NOBODY, delete=NOBODY),
    # So are the messages to hubs, which are the operator's.
    **of_model("articles_hubping", view=ADMINS, add=NOBODY, change=NOBODY, delete=NOBODY),
    # Webhooks and what they were sent are the admins' business: their addresses are secrets.
    **of_model("articles_webhook", **dict.fromkeys(("view", "add", "change", "delete"), ADMINS)),
    "articles_webhook_test": Page(ADMINS, methods=POST_ONLY, post=ELSEWHERE, states=MISSING),
    "articles_webhook_secret": Page(ADMINS, methods=POST_ONLY, states=MISSING),
    # Mail services have keys, too.
    **of_model(
        "articles_mailservice", **dict.fromkeys(("view", "add", "change", "delete"), ADMINS)
    ),
    **of_model("articles_delivery", view=ADMINS, add=NOBODY, change=NOBODY, delete=NOBODY),
    "articles_delivery_again": Page(ADMINS, methods=POST_ONLY, post=ELSEWHERE, states=MISSING),
    # People. To all but superusers, superusers are not there.
    **of_model(
        "auth_user",
        **dict.fromkeys(("view", "add", "change", "delete"), ADMINS),
        missing=MISSED | states(ROOT, by_role={ADMIN: ELSEWHERE}),
    ),
    "auth_user_password_change": Page(
        ADMINS,
        # One's own leads to the page on which the present one is asked for.
        states=MISSING | states(ROOT, by_role={ADMIN: NOT_FOUND, SUPERUSER: ELSEWHERE}),
    ),
    "auth_user_second_factor": Page(
        ADMINS, post=ELSEWHERE, states=MISSING | states(ROOT, by_role={ADMIN: NOT_FOUND})
    ),
    "auth_user_invite": Page(
        ADMINS,
        methods=POST_ONLY,
        post=ELSEWHERE,
        states=MISSING | states(ROOT, by_role={ADMIN: NOT_FOUND}, by_method=REFUSED),
    ),
    **of_model("auth_group", view=SUPERUSERS, add=SUPERUSERS, change=SUPERUSERS, delete=SUPERUSERS),
}


def patterns(prefix="admin/"):
    """Every URL pattern below a prefix as `(name or own part of the route, whole route)`."""
    for route, pattern in walk(get_resolver().url_patterns):
        if route.startswith(prefix):
            yield pattern.name or route.removeprefix(prefix), route


def walk(url_patterns, above=""):
    """Every URL pattern with its whole route, included ones too."""
    for pattern in url_patterns:
        route = above + str(pattern.pattern)
        if hasattr(pattern, "url_patterns"):
            yield from walk(pattern.url_patterns, route)
        else:
            yield route, pattern
