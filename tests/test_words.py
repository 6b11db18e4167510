"""One word for one thing: docs/glossary.md says which, and no other one is used for it.

WebSub's topic, the codes of findings and public addresses are exceptions; the glossary says so.
"""

import ast
import re
from pathlib import Path

import polib
from django.test import SimpleTestCase

ROOT = Path(__file__).parent.parent
OTHER_WORDS = ("issue", "edition", "story", "stories", "source", "outlet", "topic")
OTHER = re.compile(rf"(?<![\w%(/-])(?:{'|'.join(OTHER_WORDS)})s?(?![\w/-])", re.IGNORECASE)
IN_NAMES = re.compile(rf"(?:^|_)(?:{'|'.join(OTHER_WORDS)})s?(?:_|$)")
# Korean for an issue of a paper, by itself or after a word that says which.
OTHER_KOREAN = re.compile(
    r"(?<![가-힣])(?:이|지난|이전|다음|이번|모든|오늘|창간|최신)?\s?호(?![가-힣])"
)
# Pages that tell of standards or of other software, where these words have another meaning.
OTHER_MEANINGS = {"glossary.md", "websub.md", "dependencies.md", "performance.md"}
CODE = re.compile(r"^```.*?^```|^    [^\n]*$|`[^`]*`", re.DOTALL | re.MULTILINE)
WEBSUB = "changes/hubs"


def modules():
    return [p for p in (ROOT / "articles").rglob("*.py") if "migrations" not in p.parts]


class WordTests(SimpleTestCase):
    def test_modules_and_templates_are_named_by_the_glossary(self):
        paths = [*modules(), *(ROOT / "templates").rglob("*.html")]
        names = [path.relative_to(ROOT).as_posix() for path in paths if WEBSUB not in str(path)]
        self.assertEqual([name for name in names if IN_NAMES.search(Path(name).stem)], [])

    def test_classes_and_public_functions_are_too(self):
        found = [
            f"{path.relative_to(ROOT)}: {node.name}"
            for path in modules()
            if WEBSUB not in str(path)
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.ClassDef | ast.FunctionDef)
            if not node.name.startswith("_") and IN_NAMES.search(_snake(node.name))
        ]
        self.assertEqual(found, [])

    def test_strings_speak_of_digests_articles_citations_publishers_and_tags(self):
        for entry in polib.pofile(str(ROOT / "locale/ko/LC_MESSAGES/django.po")):
            english = f"{entry.msgid} {entry.msgid_plural}"
            korean = " ".join([entry.msgstr, *entry.msgstr_plural.values()])
            with self.subTest(entry.msgid):
                self.assertNotRegex(english, OTHER)
                self.assertNotRegex(korean, OTHER_KOREAN)

    def test_so_do_the_documents(self):
        pages = [*(ROOT / "docs").glob("*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md"]
        for path in pages:
            if path.name not in OTHER_MEANINGS:
                prose = re.sub(
                    r"```.*?```|`[^`]*`|^    .*$", "", path.read_text(), flags=re.S | re.M
                )
                for line in prose.splitlines():
                    with self.subTest(f"{path.name}: {line}"):
                        self.assertNotRegex(line, OTHER)


def _snake(name):
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()
