"""The models: the digest and its parts."""

from articles.models.article import Article
from articles.models.audit import AuditEntry
from articles.models.candidate import Arrival, Candidate, OriginDay, RejectionReason
from articles.models.citation import Citation
from articles.models.comment import Comment
from articles.models.correction import Correction
from articles.models.desk import DigestTemplate, Presence, WorkingCopy
from articles.models.digest import Digest
from articles.models.excerpt import Excerpt
from articles.models.feed_readers import FeedReading
from articles.models.followed_feed import FollowedFeed
from articles.models.heartbeat import Heartbeat
from articles.models.hubs import FeedChange, HubAttempt, HubPing
from articles.models.imprint import Imprint
from articles.models.left_out import LeftOut
from articles.models.mail import Campaign, MailService
from articles.models.month import Month
from articles.models.notice import NoticeReader
from articles.models.old_address import OldAddress
from articles.models.picture import Picture
from articles.models.planned_gap import PlannedGap
from articles.models.program import ApiToken, ApiUse, Program
from articles.models.publisher import Publisher, PublisherDomain, PublisherRedirect
from articles.models.push import Push, Suggestion
from articles.models.review import AcceptedFinding, PreviewLink
from articles.models.revision import Revision
from articles.models.signature import Signature, signatures_of, text_hash
from articles.models.site_version import SiteVersion
from articles.models.spelling import Spelling
from articles.models.storyline import (
    Storyline,
    StorylineEntry,
    StorylineRedirect,
    entry_of,
    name_to_follow,
    storylines_by_name,
)
from articles.models.tag import (
    Tag,
    TagAlias,
    TaggedArticle,
    TagProposal,
    TagRedirect,
    links_of,
    tags_by_name,
)
from articles.models.upload import Upload
from articles.models.webhook import Delivery, DeliveryAttempt, Webhook

__all__ = [
    "AcceptedFinding",
    "ApiToken",
    "ApiUse",
    "Arrival",
    "Article",
    "AuditEntry",
    "Campaign",
    "Candidate",
    "Citation",
    "Comment",
    "Correction",
    "Delivery",
    "DeliveryAttempt",
    "Digest",
    "DigestTemplate",
    "Excerpt",
    "FeedChange",
    "FeedReading",
    "FollowedFeed",
    "Heartbeat",
    "HubAttempt",
    "HubPing",
    "Imprint",
    "LeftOut",
    "MailService",
    "Month",
    "NoticeReader",
    "OldAddress",
    "OriginDay",
    "Picture",
    "PlannedGap",
    "Presence",
    "PreviewLink",
    "Program",
    "Publisher",
    "PublisherDomain",
    "PublisherRedirect",
    "Push",
    "RejectionReason",
    "Revision",
    "Signature",
    "SiteVersion",
    "Spelling",
    "Storyline",
    "StorylineEntry",
    "StorylineRedirect",
    "Suggestion",
    "Tag",
    "TagAlias",
    "TagProposal",
    "TagRedirect",
    "TaggedArticle",
    "Upload",
    "Webhook",
    "WorkingCopy",
    "entry_of",
    "links_of",
    "name_to_follow",
    "signatures_of",
    "storylines_by_name",
    "tags_by_name",
    "text_hash",
]
