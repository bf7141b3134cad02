"""Where a number comes from."""

from enum import StrEnum


class Source(StrEnum):
    """Origin of an observation."""

    API = "api"  # a platform's public interface
    CREATOR_AUTHORISED = "creator_authorised"  # the creator connected the account
    IMPORT = "import"  # a file that somebody brought
    MANUAL = "manual"  # typed in by a member
    ESTIMATE = "estimate"  # modelled, here or by the source
