"""The audit trail: who did what, and when. A row is written in the same transaction as the action.
It never changes afterwards.

Rows outlive accounts. But a deleted account cannot act: writing a row for it raises
User.DoesNotExist, and the action is rolled back with it.
"""

from django.contrib.auth import get_user_model
from django.db.models import Model
from django.utils import timezone

from articles.models import AuditEntry, Digest
from articles.rules.text import script_of

MAX_TARGET = 300
FAMILY_FIRST = {"hangul", "han", "kana"}
# A longer one is a foreign name in Korean letters, which keeps its own order: 메리 스미스.
LONGEST_FAMILY = 2


def record(
    action: str,
    *,
    by=None,
    program: str = "",
    digest: Digest | None = None,
    target: str = "",
    note: str = "",
    detail: dict | None = None,
    key: str | None = None,
) -> AuditEntry | None:
    """Write one row.

    `action` is a short English verb such as `published`. `by` is a user, None for a command or for
    a program, which is then named.
    `target` is what was written, by default the digest's name. `detail` is anything that JSON can
    hold. With a `key`, only the first call writes a row; every later call, in any process, returns
    None.
    """
    if by:
        _refuse_gone({by.pk})
    values = _values(action, by, digest, target, note, detail)
    if program:
        values["actor_name"] = program
    if key is None:
        return AuditEntry.objects.create(**values)
    entry, is_first = AuditEntry.objects.get_or_create(key=key, defaults=values)
    return entry if is_first else None


def entry_for(action: str, digest: Digest, *, by=None, detail: dict | None = None) -> AuditEntry:
    """A row for `record_all`, about a digest that is saved."""
    return AuditEntry(**_values(action, by, digest, "", "", detail))


def record_all(entries: list[AuditEntry]) -> None:
    """Write several rows at once, in their order."""
    _refuse_gone({entry.actor_id for entry in entries if entry.actor_id})
    AuditEntry.objects.bulk_create(entries)


def trail(digest: Digest):
    """All rows about a digest, newest first."""
    return AuditEntry.objects.filter(digest_id=digest.pk).order_by("-pk")


def name_of(user) -> str:
    """The name of a user for pages, and for rows that outlive the account. The order of its parts
    is that of their letters: 김민지, but Minji Kim."""
    family, given = user.last_name.strip(), user.first_name.strip()
    is_short = 0 < len(family) <= LONGEST_FAMILY
    if is_short and {script_of(family), script_of(given)} <= FAMILY_FIRST:
        return family + given
    return user.get_full_name() or user.get_username()


def target_of(instance: Model) -> str:
    """The name of an instance in a row: its kind and its own name."""
    return f"{instance._meta.verbose_name}: {instance}"


def _refuse_gone(actors):
    model = get_user_model()
    if actors and model.objects.filter(pk__in=actors).count() < len(actors):
        raise model.DoesNotExist("Somebody deleted the account of who does this.")


def _values(action, by, digest, target, note, detail):
    return {
        "at": timezone.now(),
        "action": action,
        "actor_id": by.pk if by else None,
        "actor_name": name_of(by) if by else "",
        "digest_id": digest.pk if digest else None,
        "target": _short(target or (str(digest) if digest else "")),
        "note": note,
        "detail": detail or {},
    }


def _short(text):
    text = " ".join(text.split())
    return text if len(text) <= MAX_TARGET else f"{text[: MAX_TARGET - 1]}…"
