"""The migration state of a database: read it, build its models, migrate to it."""

from django.core.management import call_command
from django.db import connection
from django.db.migrations.exceptions import IrreversibleError
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _

from articles.backup.archive import Refused

State = dict[str, list[str]]


def present() -> State:
    """The names of each app's applied migrations; empty for an empty database."""
    state: State = {}
    for app, name in sorted(MigrationExecutor(connection).loader.applied_migrations):
        state.setdefault(app, []).append(name)
    return state


def refuse_unknown(state: State) -> None:
    """Raise Refused if `state` has a migration that this version does not have."""
    known = MigrationExecutor(connection).loader.disk_migrations
    unknown = [f"{app}.{name}" for app, name in _nodes(state) if (app, name) not in known]
    if unknown:
        raise Refused(
            _("A newer version of this software wrote this (%(migration)s). Update first.")
            % {"migration": ", ".join(unknown)}
        )


RUNNING = {"axes", "sessions"}
RUNNING_TABLES = {"articles.heartbeat"}


def models_at(state: State) -> list:
    """The models as they were at `state`, each after the models it refers to.

    Excludes models without a table of their own, and data of the running site: sessions
    (keys to the desk), failed logins with their IP addresses, and heartbeats.
    """
    loader = MigrationExecutor(connection).loader
    apps = loader.project_state(_leaves(loader, state)).apps
    models = [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy and not _is_of_running_site(model)
    ]
    ordered: dict = {}
    for model in sorted(models, key=lambda model: model._meta.label_lower):
        _add_after_its_targets(model, ordered, set())
    return [model for model in ordered if model in models]


def _is_of_running_site(model):
    return model._meta.app_label in RUNNING or model._meta.label_lower in RUNNING_TABLES


def bring_to(state: State) -> None:
    """Migrate a database without content to `state`, backwards if it is ahead of it.

    Call it in a transaction that defers constraint checks to its end; see `restoring.load`.
    """
    loader = MigrationExecutor(connection).loader
    ahead = {app for app, _name in loader.applied_migrations.keys() - set(_nodes(state))}
    leaves = _leaves(loader, state)
    if ahead:
        back = [leaf for leaf in leaves if leaf[0] in ahead]
        gone = [(app, None) for app in sorted(ahead - {app for app, _name in leaves})]
        _migrate([*back, *gone])
    _migrate(leaves)


def bring_up_to_date() -> None:
    """Migrate to the present version and create the permissions and content types of the apps."""
    _migrate(MigrationExecutor(connection).loader.graph.leaf_nodes())
    call_command("migrate", verbosity=0, interactive=False)


def _migrate(targets):
    def checked(action, migration=None, fake=None):
        # PostgreSQL cannot alter a table while deferred constraint checks are pending on it.
        if action in ("apply_success", "unapply_success"):
            connection.check_constraints()

    executor = MigrationExecutor(connection, checked)
    if not (plan := executor.migration_plan(targets)):
        return
    try:
        executor.migrate(targets, plan)
    except IrreversibleError as error:
        raise Refused(
            _("The database is of a newer version than the backup. Restore into an empty one.")
        ) from error


def _nodes(state):
    return [(app, name) for app, names in state.items() for name in names]


def _leaves(loader, state):
    """The leaf migrations of `state`: those on which no other of the same app in it depends."""
    nodes = set(_nodes(state)) & set(loader.graph.nodes)
    return sorted(
        node
        for node in nodes
        if not any(
            child.key[0] == node[0] and child.key in nodes
            for child in loader.graph.node_map[node].children
        )
    )


def _add_after_its_targets(model, ordered, waiting):
    """Append a model to `ordered` after the models it has foreign keys to; cycles are cut."""
    if model in ordered or model in waiting:
        return
    for field in model._meta.local_concrete_fields:
        if field.is_relation:
            _add_after_its_targets(field.related_model, ordered, waiting | {model})
    ordered[model] = None
