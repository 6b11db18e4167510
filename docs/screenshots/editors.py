"""Takes the pictures of the manual for editors into static/img/manual.

    DATA_DIR=/tmp/pictures PORT=8001 make run
    DATA_DIR=/tmp/pictures python docs/screenshots/editors.py http://127.0.0.1:8001 PASSWORD

The site must be a new one with only the demo archive, because the script writes, signs, publishes
and corrects today's digest. PASSWORD is that of `editor`, which `make run` shows. Everything in the
texts is invented.
"""

import datetime as dt
import json
import os
import subprocess
import sys
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

from PIL import Image
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.browser import chromium  # noqa: E402

FOLDER = ROOT / "static/img/manual"
MARGIN = 16
DAY = dt.datetime.now(ZoneInfo("Asia/Seoul")).date()
PUSHED = {
    "key": "hanbit-40",
    "headline": "한빛칩스, 전력을 40% 줄인 추론 칩 공개",
    "points": [
        "서버용 추론 칩을 공개하고 국내 데이터센터 3곳에 먼저 넣는다.",
        "같은 성능의 앞 제품보다 전력을 40% 적게 쓴다.",
    ],
    "technical_significance": "메모리를 연산부에 붙여 데이터 이동을 줄였다.",
    "industry_impact": "전기 요금이 큰 클라우드 사업자의 부담이 줄어든다.",
    "outlook": "2분기에 나올 양산 결과가 관건이다.",
    "citations": [
        {
            "publisher": "솔내일보",
            "url": "https://solnae-ilbo.example/article/40",
            "published_on": DAY.isoformat(),
            "excerpt": "한빛칩스는 새 추론 칩이 앞 제품보다 전력을 40% 적게 쓴다고 밝혔다. "
            "칩은 국내 데이터센터 3곳에 먼저 들어간다.",
        },
        {
            "publisher": "한빛칩스",
            "url": "https://hanbit-chips.example/press/40",
            "published_on": DAY.isoformat(),
        },
    ],
    "tags": ["반도체"],
}
PASTED = f"""## 누리대, 한국어 음성 말뭉치 공개

- 열두 지역의 말을 2만 시간 모아 연구자에게 무료로 연다.
- 지역말을 잘못 알아듣는 일이 3분의 1로 줄었다.

기술적 의미: 억양이 다른 말을 한 모델이 함께 배운다.
산업적 영향: 상담과 자막 서비스의 품질이 좋아진다.
전망: 내년에 노년층의 말을 더한다.

출처: [온누리신문](https://onnuri.example/voice/7) {DAY}
[누리대](https://nuri.example/news/12) {DAY}
"""


def main(address, password):
    hand_in()
    with sync_playwright() as playwright:
        path = chromium.find_chromium(os.environ) or sys.exit(chromium.HOW_TO_GET_IT)
        browser = playwright.chromium.launch(executable_path=path, args=chromium.ARGUMENTS)
        page = browser.new_page(
            base_url=address,
            viewport={"width": 1280, "height": 860},
            locale="ko-KR",
            timezone_id="Asia/Seoul",
        )
        page.goto("/admin/")
        page.fill("[name=username]", "editor")
        page.fill("[name=password]", password)
        page.press("[name=password]", "Enter")
        page.locator("a.today-open").first.click()
        write(page)
        read(page)
        publish(page)
        browser.close()


def hand_in():
    """Today's draft comes from a program, as on most mornings."""
    document = {"title": f"{DAY} AI 뉴스", "language": "ko", "articles": [PUSHED]}
    command = [sys.executable, ROOT / "manage.py", "push", "-", "--date", DAY.isoformat()]
    subprocess.run(  # noqa: S603
        [*command, "--program", "한빛 수집기"], input=json.dumps(document).encode(), check=True
    )


def write(page):
    page.locator("[data-paste-open]").click()
    page.fill("[data-paste-text]", PASTED)
    page.locator("[data-paste-read]").click()
    page.locator("[data-paste-fill]").wait_for()
    take(page, "paste", "#paste-box")
    page.locator("[data-paste-fill]").click()
    page.get_by_role("button", name="모두 펼치기").click()
    page.keyboard.press("Control+s")
    page.get_by_text("에 저장했습니다").first.wait_for()
    page.locator("[name=articles-0-headline]").focus()
    page.locator("#articles-0").evaluate("row => row.scrollIntoView()")
    take(page, "form")


def read(page):
    page.get_by_role("link", name="읽고 서명하기").click()
    page.locator(".reading-dock").wait_for()
    take(page, "reading")
    for _article in range(2):
        page.keyboard.press("s")
        page.get_by_text("서명했습니다:").wait_for()
        page.wait_for_load_state()
    page.get_by_role("link", name="다이제스트로 돌아가기").click()


def publish(page):
    page.get_by_role("button", name="발행…").click()
    page.locator(".press").wait_for()
    take(page, "publish", ".press > form:first-of-type")
    page.get_by_role("button", name="지금 발행").click()
    page.get_by_role("button", name="모두 펼치기").click()
    page.locator("[name=articles-0-outlook]").fill("3분기에 나올 양산 결과가 관건이다.")
    page.keyboard.press("Control+s")
    page.get_by_label("정정: 무엇이 틀렸는지").check()
    page.locator("[name=correction_text]").fill(
        "양산 결과가 나오는 때를 2분기에서 3분기로 바로잡습니다."
    )
    take(page, "correction", "[data-save-question]")


def take(page, name, part=None):
    """A picture of the window, or of one part of it with a margin."""
    page.mouse.move(0, 0)
    page.wait_for_load_state("networkidle")
    clip = around(page.locator(part).bounding_box()) if part else None
    picture = Image.open(BytesIO(page.screenshot(clip=clip))).convert("RGB")
    picture.save(FOLDER / f"{name}.webp", quality=80, method=6)


def around(box):
    return {
        "x": box["x"] - MARGIN,
        "y": box["y"] - MARGIN,
        "width": box["width"] + 2 * MARGIN,
        "height": box["height"] + 2 * MARGIN,
    }


if __name__ == "__main__":
    main(*sys.argv[1:])
