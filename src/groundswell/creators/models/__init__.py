"""What is known of creators, in PostgreSQL."""

from groundswell.creators.models.accounts import Account
from groundswell.creators.models.contacts import Contact
from groundswell.creators.models.creators import Creator
from groundswell.creators.models.duplicates import DuplicateProposal
from groundswell.creators.models.filings import Filing
from groundswell.creators.models.lists import CreatorList, ListEntry
from groundswell.creators.models.outreach import Outreach
from groundswell.creators.models.rates import RateCard
from groundswell.creators.models.records import Attachment, Note, Tag, TagUse
from groundswell.creators.models.revisions import RevisionCounter
from groundswell.creators.models.segments import Segment

__all__ = [
    "Account",
    "Attachment",
    "Contact",
    "Creator",
    "CreatorList",
    "DuplicateProposal",
    "Filing",
    "ListEntry",
    "Note",
    "Outreach",
    "RateCard",
    "RevisionCounter",
    "Segment",
    "Tag",
    "TagUse",
]
