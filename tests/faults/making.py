"""A program that writes digests into the site that the environment names.

`scheduled COUNT ARTICLES` makes so many whose hour is far away, one a day from 2030 on, each with
so many articles; `drafts COUNT ARTICLES` the same without an hour. A third number is another year
to begin with.
"""

import datetime as dt
import sys

import django

FIRST = dt.date(2030, 1, 1)
FAR_AWAY = dt.datetime(2999, 1, 1, tzinfo=dt.UTC)


def main(kind, count, articles, year=FIRST.year):
    django.setup()
    from articles.digests import publishing
    from tests.support.factories import make_digest

    for number in range(int(count)):
        date = FIRST.replace(year=int(year)) + dt.timedelta(days=number)
        digest = make_digest(
            date, articles=int(articles), published=False, title=f"{date} 예약된 호"
        )
        if kind == "scheduled":
            publishing.publish(digest, at=FAR_AWAY, unchecked=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
