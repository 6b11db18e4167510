"""Files that crawlers, browsers and other programs request from every site."""

import datetime as dt
import xml.etree.ElementTree as ET

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseRedirect, JsonResponse
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control

from articles.models import Digest
from articles.pages import imprints, sitemaps
from articles.serving.public import PLAIN_TEXT, public_page, read_only

OPENSEARCH = "http://a9.com/-/spec/opensearch/1.1/"
DAY = 24 * 60 * 60  # seconds
# Colours of paper and indigo in static/css/site.css.
PAPER, INDIGO = "#fdfdfb", "#23406f"
ICONS = (
    ("img/icon-192.png", "192x192", "any"),
    ("img/icon-512.png", "512x512", "any"),
    ("img/icon-maskable-512.png", "512x512", "maskable"),
)


@public_page
def robots(request):
    """The Robots Exclusion Protocol (RFC 9309)."""
    lines = [
        "User-agent: *",
        *(f"Disallow: {path}" for path in ("/admin/", "/preview/", "/search/")),
        "",
        *(f"Sitemap: {_absolute(name)}" for name in ("sitemap", "news-sitemap")),
        *(f"Sitemap: {_absolute('sitemap-decade', d)}" for d in sitemaps.older_decades()),
    ]
    return _plain(lines)


@public_page
def llms(request):
    """A description of this site and its texts for programs, in the format of llmstxt.org."""
    newest = Digest.objects.published().newest_first().values_list("date", flat=True).first()
    lines = [
        f"# {settings.SITE_NAME}",
        "",
        "> " + _("A daily news digest: each digest has a few articles with their citations."),
        "",
        _("Every page of a digest or an article is also there as Markdown and as JSON."),
        _("Add .md or .json to its address in place of the last slash."),
        _("What we got wrong is corrected on the page itself, with the time of the correction."),
        "",
        "## " + _("Digests"),
        "",
        *(_issue(newest) if newest else ()),
        _link("archive", _("Archive"), _("Every digest ever published, by year and month.")),
        _link("tags", _("Tags"), _("All tags, each with its articles.")),
        _link(
            "corrections",
            _("Corrections"),
            _("Everything we got wrong and put right, newest first."),
        ),
        *(
            [_link("about", _("About"), _("Who publishes this site, and by which principles."))]
            if imprints.current()
            else ()
        ),
        _link("sitemap", _("Sitemap"), _("Every page with the time of its last change.")),
        "",
        "## " + _("Feeds"),
        "",
        _link("subscribe", _("Subscribe"), _("All feeds of this site, with their addresses.")),
    ]
    return _plain(lines)


@public_page
def opensearch(request):
    """The search description for browsers (OpenSearch 1.1)."""
    root = ET.Element("OpenSearchDescription", xmlns=OPENSEARCH)

    def add(name, text=None, **attributes):
        ET.SubElement(root, name, attributes).text = text

    # The specification allows at most 16 and 1,024 characters, and no markup.
    add("ShortName", settings.SITE_NAME[:16])
    add("Description", _("Search every digest of %(site)s.") % {"site": settings.SITE_NAME[:900]})
    template = _absolute("search") + "?q={searchTerms}"
    add("Url", type="text/html", method="get", template=template)
    icon = settings.SITE_URL + static("img/favicon-32.png")
    add("Image", icon, width="32", height="32", type="image/png")
    add("Language", settings.LANGUAGE_CODE)
    add("InputEncoding", "UTF-8")
    add("OutputEncoding", "UTF-8")
    body = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return HttpResponse(body, content_type="application/opensearchdescription+xml")


@public_page
def security(request):
    """The contact for security reports (RFC 9116); Http404 if none is set."""
    if not settings.SECURITY_CONTACT:
        raise Http404(_("This site names no contact for security holes."))
    lines = [
        f"Contact: {settings.SECURITY_CONTACT}",
        f"Expires: {_expiry(timezone.now().astimezone(dt.UTC).date())}",
        "Preferred-Languages: ko, en",
        f"Canonical: {_absolute('security-txt')}",
    ]
    return _plain(lines)


@public_page
def manifest(request):
    """The site on a phone's home screen (W3C, Web Application Manifest)."""
    icons = [
        {"src": static(name), "sizes": sizes, "type": "image/png", "purpose": purpose}
        for name, sizes, purpose in ICONS
    ]
    home = reverse("articles:home")
    data = {
        "name": settings.SITE_NAME,
        "short_name": settings.SITE_NAME[:12],
        "id": home,
        "start_url": home,
        "scope": home,
        "display": "minimal-ui",
        "lang": settings.LANGUAGE_CODE,
        "background_color": PAPER,
        "theme_color": INDIGO,
        "icons": icons,
    }
    return JsonResponse(
        data,
        content_type="application/manifest+json",
        json_dumps_params={"ensure_ascii": False},
    )


@read_only
@cache_control(public=True, max_age=DAY)
def favicon(request):
    """For programs that request it without reading a page."""
    return HttpResponseRedirect(static("img/favicon.ico"))


def _issue(date):
    page = reverse("articles:day", args=[date]).rstrip("/")
    for kind, name in (("md", "Markdown"), ("json", "JSON")):
        address = f"{settings.SITE_URL}{page}.{kind}"
        yield f"- [{name}]({address}): " + _("The latest digest, as an example.")


def _expiry(today: dt.date) -> str:
    """The start of the half year after next: six to twelve months ahead, as the RFC advises. It is
    the same for all requests within one half year."""
    year, month = (today.year + 1, 1) if today.month <= 6 else (today.year + 1, 7)
    return f"{dt.date(year, month, 1)}T00:00:00Z"


def _absolute(name, *arguments):
    return settings.SITE_URL + reverse(f"articles:{name}", args=arguments)


def _link(name, text, about):
    return f"- [{text}]({_absolute(name)}): {about}"


def _plain(lines):
    return HttpResponse("".join(f"{line}\n" for line in lines), content_type=PLAIN_TEXT)
