"""The digest and what it is made of."""

from articles.models.article import Article
from articles.models.audit import AuditEntry
from articles.models.citation import Citation
from articles.models.correction import Correction
from articles.models.desk import DigestTemplate, Presence, WorkingCopy
from articles.models.digest import Digest
from articles.models.picture import Picture
from articles.models.planned_gap import PlannedGap
from articles.models.publisher import Publisher, PublisherDomain
from articles.models.review import AcceptedFinding, Comment, PreviewLink
from articles.models.revision import Revision
from articles.models.site_version import SiteVersion
from articles.models.tag import Tag, TaggedArticle, TagRedirect
from articles.models.upload import Upload

__all__ = [
    "AcceptedFinding",
    "Article",
    "AuditEntry",
    "Citation",
    "Comment",
    "Correction",
    "Digest",
    "DigestTemplate",
    "Picture",
    "PlannedGap",
    "Presence",
    "PreviewLink",
    "Publisher",
    "PublisherDomain",
    "Revision",
    "SiteVersion",
    "Tag",
    "TagRedirect",
    "TaggedArticle",
    "Upload",
    "WorkingCopy",
]
