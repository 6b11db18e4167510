from tests.preflight.snapshots import (
    RuleTests,
    article,
    codes,
    digest,
    english,
    headline,
    outlook,
    point,
)

CHINESE = "小型模型进入三家医院的临床试验"


class LanguageTests(RuleTests):
    CASES = {
        "headline-script": (
            [
                headline("科技资讯AI速递：今晨热点一览"),
                headline("介護ロボットの夜間見守り"),
                headline("Small models arrive in hospitals"),
                english(headline="소형 모델 도입"),
                english(headline="Biren 科技 goes public"),
            ],
            [
                headline("소형 모델, 병원에 도입"),
                headline("栗峰机器人, 로봇 양산"),
                headline("GPT 소식"),
                headline("2026"),
                english(),
                english(headline="Biren (壁仞) goes public"),
                english(headline="Why “정” has no translation"),
            ],
        ),
        "text-script": (
            [
                point(CHINESE),
                outlook("病院での試験が始まった"),
                point("Three hospitals test models on the device"),
                digest(introduction="今日のニュース"),
                english(outlook="내년에 확대"),
            ],
            [
                point("병원 세 곳이 시험: on the device, in three wards"),
                point("Claude Opus 4.5"),
                point("`reading_score = model.predict(text)`"),
                digest(introduction=""),
                english(outlook="Growth (성장) ahead"),
            ],
        ),
        "half-translated": (
            [
                headline("벽람科技 상장… 주목"),
                point("벽람科技의 높은 상장 성과가 눈에 띔"),
                outlook("기술의ロボット 활용이 늘 전망"),
                headline("科技업계, 새 칩 공개"),
            ],
            [
                headline("비런(壁仞)과학기술 상장"),
                headline("壁仞(비런), 홍콩 상장"),
                headline("美연준, 금리 동결… 對중국 수출 규제"),
                headline("韓美 정상, 美中갈등 논의"),
                point("리펑로봇(栗峰机器人이 본명)이 양산을 시작"),
                headline(CHINESE),
                english(headline="Korean 벽람科技 listed"),
            ],
        ),
        "foreign-name": (
            [
                headline("栗峰机器人, 계단 오르는 로봇 양산"),
                headline("중국 壁仞 홍콩 상장"),
                headline("신작 ロボット 공개"),
            ],
            [
                headline("리펑로봇(栗峰机器人), 로봇 양산"),
                headline("배송 로봇 ‘栗子’ 양산"),
                headline("韓中 정상회담"),
                headline("벽람科技 상장"),
                headline(CHINESE),
                english(headline="壁仞 listed"),
            ],
        ),
    }

    def test_allowed_words_may_stand_in_a_headline(self):
        cases = {
            "headline-script": headline("OpenAI DevDay 2026"),
            "half-translated": headline("벽람科技 상장"),
            "foreign-name": headline("栗峰机器人, 로봇 양산"),
        }
        for code, data in cases.items():
            self.assertIn(code, codes(data))
        with self.settings(PREFLIGHT_ALLOWED_WORDS=["openai", "DevDay", "科技", "栗峰机器人"]):
            for code, data in cases.items():
                self.assertNotIn(code, codes(data))

    def test_allowed_words_are_whole_words(self):
        with self.settings(PREFLIGHT_ALLOWED_WORDS=["AI"]):
            self.assertIn("headline-script", codes(headline("AI AIR")))
            self.assertNotIn("headline-script", codes(headline("AI")))

    def test_each_article_is_looked_at_by_itself(self):
        data = digest(article(1), article(2, headline=CHINESE))
        self.assertEqual(codes(data), ["headline-script"])
