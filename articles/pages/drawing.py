"""Charts for templates: positions of lines, ticks and labels, and the numbers as a table."""

from articles.pages import charts

# The comparison chart, in SVG units, with room for labels that are twice as large on phones.
WIDTH, HEIGHT = 640, 300
COMPARED = charts.Frame(left=52, top=16, width=572, height=236)
DATES = 4
# The small chart on a tag's page.
TREND = charts.Frame(left=2, top=4, width=516, height=64)


def comparison(period, tags, counts, totals):
    """A chart of tags by week. `counts` has a list of weekly numbers for each tag, at least one."""
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
    """The weekly chart of one tag, and its numbers in words."""
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
    """Rows from pairs of label and number, with their percentage of the whole."""
    return [
        {"label": label, "count": count, "share": 100 * count / whole}
        for label, count in counts
        if whole
    ]
