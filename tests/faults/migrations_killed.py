"""`migrate` killed at random moments, from every version on, with data in the tables."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.faults.engines import different, engines
from tests.faults.forked import Commands, some
from tests.faults.result import Result
from tests.faults.site import ROOT, environment

NAME = "migrations killed"
MIGRATIONS = sorted(path.stem for path in (ROOT / "articles/migrations").glob("0*.py"))
KILLS_A_VERSION = 2
KILLED = -9


def run(folder: Path) -> list[Result]:
    with engines(folder) as both, ThreadPoolExecutor() as pool:
        return list(pool.map(lambda engine: run_on(engine, folder), both))


def run_on(engine, folder):
    site = engine.site()
    environ = environment(folder, site.url)
    killed, same, rows = 0, 0, 0
    with Commands(environ, folder / f"{engine.name}.log") as commands:
        for version in reversed(MIGRATIONS[:-1]):
            before = at_version(engine, commands, site, version)
            whole, seconds = undisturbed(commands, site)
            for _ in range(KILLS_A_VERSION):
                engine.copy(before, over=site)
                status, taken = commands.run("migrate", kill_after=some(seconds))
                seconds = min(seconds, taken) if status == 0 else seconds  # less busy than before
                killed += status == KILLED
                again, _taken = commands.run("migrate")
                rows += 1
                same += again == 0 and not different(whole, state(site))
            engine.copy(before, over=site)
            engine.remove(before)
    return Result(
        f"migrations killed ({engine.name})",
        f"migrate from each of {len(MIGRATIONS) - 1} versions on, with the demo archive in its "
        f"tables, {rows} times, {killed} of them killed (-9) at random, then run again",
        f"{same} of {rows} ended with the schema and rows of an undisturbed run",
        "a second run completes it",
        held=same == rows and killed > rows // 2,
    )


def at_version(engine, commands, site, version):
    """Take the site back to an older version, with its data; a copy of that."""
    assert commands.run("migrate", "articles", version)[0] == 0, version
    return engine.copy(site)


def undisturbed(commands, site):
    """What a migration leads to, and the seconds it takes."""
    status, seconds = commands.run("migrate")
    assert status == 0, status
    return state(site), seconds


def state(site):
    return {"schema": site.schema(), "rows": site.counts(), "texts": texts(site)}


def texts(site):
    """What the oldest version has already, and no migration may lose."""
    return site.rows(
        "SELECT date, d.title, a.position, a.headline, c.url FROM articles_digest d"
        " JOIN articles_article a ON a.digest_id = d.id"
        " JOIN articles_citation c ON c.article_id = a.id ORDER BY date, a.position, c.position"
    )
