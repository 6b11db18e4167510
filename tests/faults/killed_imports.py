"""kill -9 at random moments of importing posts; a copy of the site for every kill."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.faults.engines import contents, different, engines
from tests.faults.forked import Commands, some
from tests.faults.killed_writes import day, of_day
from tests.faults.result import Result
from tests.faults.site import environment
from tests.support.posts import ARTICLE, HEAD

NAME = "killed imports"
KILLS, POSTS = 20, 8
KILLED = -9


def run(folder: Path) -> list[Result]:
    with engines(folder) as both, ThreadPoolExecutor() as pool:
        return list(pool.map(lambda engine: importing(engine, folder / engine.name), both))


def importing(engine, folder):
    posts = folder / "_posts"
    posts.mkdir(parents=True)
    for number in range(POSTS):
        (posts / f"{day(number)}-news.md").write_text(post(day(number)), encoding="utf-8")
    words = ["import_posts", str(posts), "--publish"]
    site = engine.site()
    fates, completed = {"killed": 0, "by half": 0}, 0
    partly = runs = 0
    with Commands(environment(folder, site.url), folder / "import.log") as commands:
        status, seconds = commands.run(*words)
        assert status == 0, (folder / "import.log").read_text()
        whole, full = contents(site), of_day(site, 0)
        engine.copy(None, over=site)
        nothing = of_day(site, 0)
        while fates["killed"] < KILLS and runs < 2 * KILLS:
            runs += 1  # some end before they are killed
            engine.copy(None, over=site)
            status, taken = commands.run(*words, kill_after=some(seconds))
            seconds = min(seconds, taken) if status == 0 else seconds  # less busy than before
            found = [of_day(site, number) for number in range(POSTS)]
            fates["killed"] += status == KILLED
            fates["by half"] += any(text not in (full, nothing) for text in found)
            partly += full in found and nothing in found
            again, _taken = commands.run(*words)
            completed += again == 0 and not different(whole, contents(site))
    return Result(
        f"kill -9 in importing ({engine.name})",
        f"import_posts --publish of {POSTS} posts run {runs} times, {fates['killed']} of "
        "them killed at random moments, then run again",
        f"{partly} ended between two posts; posts by half {fates['by half']}; "
        f"{completed} of {runs} like an undisturbed run afterwards",
        "each post all or nothing, then exactly once",
        held=not fates["by half"] and completed == runs and fates["killed"] == KILLS,
    )


def post(date):
    head = HEAD.replace("2026-01-03 00:31:05", f"{date} 07:00:00").replace("2026-01-03", date)
    articles = (ARTICLE.replace("도입", f"도입 {number}") for number in range(1, 5))
    return head + "".join(articles)
