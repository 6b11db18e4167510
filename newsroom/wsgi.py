"""The WSGI entry point: `newsroom.wsgi:application`.

The layers from the inside out: Django, the page cache, the count of feed readers, the closing of
connections when threads end, the reading of request bodies, and the request log if it is on.
"""

import gc
import os

import django
from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")

gc.disable()  # nothing that is loaded goes away, and looking at it takes an eighth of the start
try:
    django.setup(set_prefix=False)
    from articles.serving.static_files import refuse_missing

    refuse_missing()
    application = get_wsgi_application()
except ImproperlyConfigured as error:
    # The server starts a worker again and again; each says only what an operator can do.
    raise SystemExit(" ".join(str(error).split())) from None

# The following imports need Django to be set up.
from django.conf import settings  # noqa: E402

import newsroom.urls  # noqa: E402, F401  (no reader waits until views and the desk are loaded)
from articles.feeds.readers import Counting  # noqa: E402
from articles.operations import figures  # noqa: E402
from articles.serving.bodies import WholeBodies  # noqa: E402
from articles.serving.page_store import first_pages  # noqa: E402
from articles.serving.page_store.front import Front  # noqa: E402
from articles.serving.request_log import RequestLog  # noqa: E402
from articles.serving.threads import ConnectionsEndWithThreads  # noqa: E402
from newsroom import garbage  # noqa: E402

if settings.PAGE_STORE_MEGABYTES:
    options = {
        "max_bytes": settings.PAGE_STORE_MEGABYTES * 1_000_000,
        "files": settings.PAGES_DIR,
        "look_every": 1.0,
        "figures": figures.kept_in(settings.FIGURES_DIR),
        "most_wanted": first_pages.most_wanted,
    }
    application = Front(application, **options)
    application.warm(first_pages.wanted)
    if settings.PAGES_DIR:
        application.watch()
application = WholeBodies(
    ConnectionsEndWithThreads(Counting(application)), is_behind_proxy=settings.TRUST_PROXY
)
if settings.REQUEST_LOG:
    application = RequestLog(application)

gc.collect()
garbage.look_seldom()
