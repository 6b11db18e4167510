"""How long `propose_tags` takes for an archive of ten years, and how long giving a tag takes.

    python benchmarks/proposing.py [--days 3650] [--articles 10] [--rounds 3]

writes that many digests into the database that the environment names, which must be migrated and
empty, and the tags that come with the software. Each line says the lowest, the median and the
highest of all rounds: seconds, and CPU seconds of this process. The database's are not counted. At
the end it says the peak of the memory.
"""

import argparse
import datetime as dt
import os
import random
import resource
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")

FIRST = dt.date(2016, 1, 1)
TEXT = """AI 반도체 업계가 로봇 투자를 늘리며 데이터센터 전력 수요와 클라우드 비용을
두고 정부와 협의한다 새 모델 공개 뒤 매출 전망 발표 시장 점유율
하락 연구진 개발 속도 개선 안내 기업 제품 값
생성형 AI 서비스 이용자 증가 GPU 공급 부족 장기 계약 체결 규제 논의 시작 일정 연기"""


def main():
    import django

    django.setup()
    from articles.models import Tag, TagProposal
    from articles.taxonomy import proposals, vocabulary, vocabulary_list

    options = parse()
    vocabulary_list.store(vocabulary_list.read(vocabulary_list.seed()))
    write_archive(options.days, options.articles)
    named = vocabulary.named()

    def renew():
        TagProposal.objects.all().delete()

    measure("only printed", options, lambda: proposals.propose(named, is_kept=False))
    measure("kept", options, lambda: proposals.propose(named), before=renew)
    measure("again, nothing new", options, lambda: proposals.propose(named))
    tag = Tag.objects.get(name="반도체")
    open_rows = TagProposal.objects.filter(tag=tag, state=proposals.State.OPEN)

    def give():
        proposals.confirm(tag, list(open_rows.values_list("article_uid", flat=True)[:500]))

    measure("given to 500 articles", options, give)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    sys.stdout.write(f"peak {peak} MB, proposals {TagProposal.objects.count()}\n")


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--days", type=int, default=3650)
    parser.add_argument("--articles", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=3)
    return parser.parse_args()


def write_archive(days, articles):
    """Drafts with articles of the usual length, without history: finding reads nothing else."""
    from articles.models import Article, Digest

    chance = random.Random(1)  # noqa: S311 - the same archive in every run
    for number in range(days):
        date = FIRST + dt.timedelta(days=number)
        digest = Digest.objects.create(date=date, title=f"{date} AI 뉴스")
        Article.objects.bulk_create(
            Article(
                digest=digest,
                position=place,
                headline=text(chance, 8),
                slug=f"a-{place}",
                points=[text(chance, 14) for _ in range(4)],
                technical_significance=text(chance, 30),
                industry_impact=text(chance, 30),
                outlook=text(chance, 30),
            )
            for place in range(1, articles + 1)
        )


def text(chance, words):
    return " ".join(chance.choices(TEXT.split(), k=words))


def measure(name, options, run, before=lambda: None):
    taken = []
    for _round in range(options.rounds):
        before()
        wall, cpu = time.monotonic(), time.process_time()
        run()
        taken.append((time.monotonic() - wall, time.process_time() - cpu))
    told = [
        " / ".join(f"{each:.1f}" for each in (min(some), statistics.median(some), max(some)))
        for some in zip(*taken, strict=True)
    ]
    sys.stdout.write(f"{name}: {told[0]} s, {told[1]} s CPU\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
