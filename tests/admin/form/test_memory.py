"""What a worker keeps of a form that was answered."""

import gc

from articles.admin.form.forms import ArticleForm
from tests.support.desk import DeskTestCase, filled
from tests.support.factories import make_digest, record


class FormMemoryTests(DeskTestCase):
    def setUp(self):
        super().setUp()
        self.digest = make_digest(articles=3, published=False)
        record(self.digest)
        gc.collect()
        gc.disable()
        self.addCleanup(gc.enable)

    def test_nothing_of_the_rows_waits_for_the_garbage_collector_after_a_save(self):
        assert self.save(self.digest, filled(self.digest, title="고친 제목")).status_code == 302
        # An instance is not asked for its class: a lazy one would be made.
        assert not any(issubclass(type(kept), ArticleForm) for kept in gc.get_objects())
