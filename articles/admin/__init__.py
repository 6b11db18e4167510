"""The editor's desk: Django's admin, with one page for writing a whole digest."""

from django.conf import settings
from django.contrib import admin
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from articles.admin.desk import index, mail_folder, manual, notices
from articles.admin.desk.deliveries import DeliveryAdmin
from articles.admin.desk.hubs import HubPingAdmin
from articles.admin.desk.mail_services import MailServiceAdmin
from articles.admin.desk.webhooks import WebhookAdmin
from articles.admin.digest import DigestAdmin
from articles.admin.inbox.candidate import CandidateAdmin
from articles.admin.inbox.feed import FollowedFeedAdmin
from articles.admin.inbox.reason import RejectionReasonAdmin
from articles.admin.lists.audit import AuditEntryAdmin
from articles.admin.lists.imprint import ImprintAdmin
from articles.admin.lists.people import PersonAdmin, RoleAdmin
from articles.admin.lists.planned_gap import PlannedGapAdmin
from articles.admin.lists.publisher import PublisherAdmin
from articles.admin.lists.spelling import SpellingAdmin
from articles.admin.lists.storyline import StorylineAdmin
from articles.admin.lists.tag import TagAdmin
from articles.admin.lists.template import DigestTemplateAdmin
from articles.admin.pushes.program import ProgramAdmin
from articles.admin.pushes.push import PushAdmin
from articles.admin.pushes.tokens import ApiTokenAdmin

__all__ = [
    "ApiTokenAdmin",
    "AuditEntryAdmin",
    "CandidateAdmin",
    "DeliveryAdmin",
    "DigestAdmin",
    "DigestTemplateAdmin",
    "FollowedFeedAdmin",
    "HubPingAdmin",
    "ImprintAdmin",
    "MailServiceAdmin",
    "PersonAdmin",
    "PlannedGapAdmin",
    "ProgramAdmin",
    "PublisherAdmin",
    "PushAdmin",
    "RejectionReasonAdmin",
    "RoleAdmin",
    "SpellingAdmin",
    "StorylineAdmin",
    "TagAdmin",
    "WebhookAdmin",
]

admin.site.site_header = format_lazy(_("{site} desk"), site=settings.SITE_NAME)
admin.site.site_title = admin.site.site_header
admin.site.index_title = _("Desk")
admin.site.index_context = index.context
admin.site.more_urls = lambda site: [
    *notices.urls(site),
    *manual.urls(site),
    *mail_folder.urls(site),
]
