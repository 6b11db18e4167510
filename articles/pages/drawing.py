"""Charts for templates: where lines, ticks and labels stand, with the numbers as a table."""

from articles.pages import charts

# The comparison, in the units of its drawing, with room for labels twice as large on phones.
WIDTH, HEIGHT = 640, 300
COMPARED = charts.Frame(left=52, top=16, width=572, height=236)
DATES = 4
# The small line on a tag's page.
TREND = charts.Frame(left=2, top=4, width=516, height=64)


def comparison(period, tags, counts, totals):
    """Tags by the week: `counts` has a list of weeks for each of the tags, at least one."""
    levels = charts.ticks(max(map(max, counts)))
    frame, days = COMPARED, period.days()
    return {
        "width": WIDTH,
        "height": HEIGHT,
        "frame": frame,
        "lines": [
            {"tag": tag, "points": frame.line(weeks, levels[-1]), "total": sum(weeks)}
            for tag, weeks in zip(tags, counts, strict=True)
        ],
        "levels": [(level, frame.y(level, levels[-1])) for level in levels],
        "dates": [
            (days[week][1], frame.x(week, len(days))) for week in charts.spread(len(days), DATES)
        ],
        "rows": list(zip(days, zip(*counts, strict=True), totals, strict=True))[::-1],
        "period": period,
    }


def trend(period, weeks):
    """One tag by the week, and what its line says in numbers."""
    highest = max(weeks)
    days = period.days()
    return {
        "period": period,
        "points": TREND.line(weeks, max(highest, 1)),
        "frame": TREND,
        "total": sum(weeks),
        "highest": highest,
        "highest_week": days[weeks.index(highest)],
        "weeks_without": weeks.count(0),
    }


def shares(counts, whole):
    """Pairs of a label and a number as rows with the share of the whole in percent."""
    return [
        {"label": label, "count": count, "share": 100 * count / whole}
        for label, count in counts
        if whole
    ]
