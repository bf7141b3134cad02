"""Words that the creators' tables hold."""

from django.db.models import TextChoices

from groundswell.terms.formats import Format
from groundswell.terms.platforms import Platform
from groundswell.terms.sources import Source

PLATFORMS = [(platform.value, platform.value) for platform in Platform]
FORMATS = [(kind.value, kind.value) for kind in Format]
SOURCES = [(source.value, source.value) for source in Source]


class Channel(TextChoices):
    """A way to reach a creator."""

    EMAIL = "email"
    PHONE = "phone"
    AGENT = "agent"
    MANAGER = "manager"
    POSTAL = "postal"
    OTHER = "other"


class Medium(TextChoices):
    """By what a creator was contacted."""

    EMAIL = "email", "E-mail"
    MESSAGE = "message", "Direct message"
    PHONE = "phone", "Phone"
    POST = "post", "Post"
    PERSON = "in_person", "In person"
    OTHER = "other", "Other"


class Consent(TextChoices):
    """Whether the creator agreed to be written to."""

    GRANTED = "granted"
    REFUSED = "refused"
    UNKNOWN = "unknown"


class ProposalState(TextChoices):
    """What became of a proposal to merge two creators."""

    PROPOSED = "proposed"
    MERGED = "merged"
    DISMISSED = "dismissed"


class Purpose(TextChoices):
    """What a file about a creator is."""

    MEDIA_KIT = "media_kit", "Media kit"
    RATE_CARD = "rate_card", "Rate card"
    BRIEF = "brief", "Brief"
    CONTRACT = "contract", "Contract"
    OTHER = "other", "Other"
