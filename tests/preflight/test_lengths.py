from tests.preflight.snapshots import RuleTests, article, digest, outlook, point


def other(text):
    return digest(article(other=[{"after": "points", "text": text}]))


class LengthTests(RuleTests):
    CASES = {
        "title-too-long": (
            [digest(title="제" * 201), digest(title="제" * 999), digest(title="a " * 101)],
            [digest(), digest(title="제" * 200), digest(title="")],
        ),
        "headline-too-long": (
            [digest(article(headline="머" * length)) for length in (301, 302, 1_000)],
            [digest(article(headline="머" * length)) for length in (0, 1, 300)],
        ),
        "tag-too-long": (
            [digest(article(tags=["AI", tag])) for tag in ("주" * 51, "ﷺ" * 3, "주" * 100)],
            [digest(article(tags=[tag])) for tag in ("주" * 50, "ﷺ" * 2, "AI")],
        ),
        "text-too-long": (
            [
                digest(introduction="소" * 10_001),
                outlook("전" * 5_001),
                point("점" * 1_001),
                other("글" * 20_001),
                other("글" * 90_000),
            ],
            [
                digest(introduction="소" * 10_000),
                outlook("전" * 5_000),
                point("점" * 1_000),
                other("글" * 20_000),
            ],
        ),
    }
