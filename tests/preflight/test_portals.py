from articles.models import Publisher, PublisherDomain
from tests.preflight.snapshots import RuleTests, codes, source


class PortalTests(RuleTests):
    CASES = {
        "publisher-is-portal": (
            [
                source("https://n.news.naver.com/article/001/0015123456", publisher="한빛일보"),
                source("https://www.msn.com/ko-kr/news/12", publisher="MSN"),
                source("https://a.example/1", publisher="네이버 뉴스"),
                source("https://news.nate.com/view/20260103n02527", publisher="Nate 뉴스"),
            ],
            [
                source("https://www.naver.com/press", publisher="한빛일보"),
                source("https://hanbit.example/nate", publisher="다음세대신문"),
                source("https://blog.naver.com/x", publisher="어느 블로그"),
            ],
        )
    }

    def test_publishers_marked_as_portals_count(self):
        data = [
            source("https://view.dasan.example/1", publisher="한빛일보"),
            source("https://elsewhere.example/1", publisher="다산 포털"),
        ]
        publisher = Publisher.objects.create(name="다산 포털", slug="dasan")
        PublisherDomain.objects.create(publisher=publisher, domain="dasan.example")
        for case in data:
            self.assertNotIn("publisher-is-portal", codes(case))
        Publisher.objects.update(is_portal=True)
        for case in data:
            self.assertIn("publisher-is-portal", codes(case))
