"""Profiles: accounts with their counts, and the labels that say what to leave alone."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from groundswell.connectors.adapters.networks.fields import Fields, Odd
from groundswell.connectors.adapters.networks.pages import Item, OptOut, Page
from groundswell.connectors.adapters.references import Reference
from groundswell.connectors.adapters.values.texts import MAX_ITEM, MAX_NAME
from groundswell.terms.platforms import Platform
from groundswell.terms.sources import Source

OPT_OUT = "!no-unauthenticated"
_HIDDEN = frozenset({"!hide", "!takedown", "!suspend"})
_ADDRESS = re.compile(r"https?://[^\s<>\"]+")
_NOT_ITS_END = ".,;:!?'\")]}…"
DID = re.compile(r"did:[a-z]+:[A-Za-z0-9._:%-]+", re.ASCII)
HANDLE = re.compile(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+", re.ASCII)
_NOBODY = "handle.invalid"  # stands where a handle doesn't lead back to its account


@dataclass(frozen=True, slots=True)
class Person:
    """Who stands in a reply, as author, follower or find.

    Attributes:
        did: The account's id for good.
        handle: Its name at the moment, where it leads back to the account.
        display_name: The name shown.
        labels: What the person, or the server's moderators, say of the account.
    """

    did: str
    handle: str | None
    display_name: str | None
    labels: frozenset[str]

    @property
    def reference(self) -> Reference:
        """The account, as rows name it."""
        return Reference(Platform.BLUESKY, self.did, self.handle, self.display_name)

    @property
    def has_opted_out(self) -> bool:
        """Whether the person asks not to be shown to whoever isn't logged in."""
        return OPT_OUT in self.labels

    @property
    def is_hidden(self) -> bool:
        """Whether moderators have taken the account out of sight."""
        return not self.labels.isdisjoint(_HIDDEN)


def person(profile: Fields) -> Person:
    """Who a profile is of, in any of the forms in which profiles are sent.

    Raises:
        Odd: When it names nobody.
    """
    shown = profile.text("displayName")
    return Person(
        did(profile, "did"),
        handle(profile),
        cut(shown),
        labels(profile),
    )


def did(found: Fields, name: str) -> str:
    """The id of an account.

    Raises:
        Odd: When there is none.
    """
    value = found.name(name)
    if value is None or not DID.fullmatch(value):
        raise Odd(found.where(name), value or "", "is no DID")
    return value


def handle(found: Fields) -> str | None:
    """The name of an account; None where it has none that leads back to it."""
    value = found.name("handle")
    return value if value and value != _NOBODY and HANDLE.fullmatch(value) else None


def labels(found: Fields) -> frozenset[str]:
    """Labels that hold of an account or post; one that was taken back is none."""
    if not found.raw("labels"):
        return frozenset()
    held = set()
    for label in found.objects("labels"):
        value = label.name("val")
        if value is not None and label.flag("neg") is not True:
            held.add(value)
    return frozenset(held)


def add_account(item: Item, profile: Fields, who: Person, *, now: datetime) -> None:
    """Add the account of a profile, and its counts where it has any."""
    bio = profile.text("description")
    item.add(
        "accounts",
        platform=Platform.BLUESKY,
        platform_id=who.did,
        handle=who.handle,
        display_name=who.display_name,
        bio=bio,
        url=address_of(who),
        avatar_url=profile.address("avatar"),
        links=links_in(bio, profile.address("website")),
        verified=_is_verified(profile.object("verification")),
        created_at=profile.moment("createdAt"),
    )
    followers = profile.count("followersCount")
    following = profile.count("followsCount")
    posts = profile.count("postsCount")
    if any(count is not None for count in (followers, following, posts)):
        item.add(
            "account_observations",
            platform=Platform.BLUESKY,
            account=who.reference,
            observed_at=now,
            source=Source.API,
            followers=followers,
            following=following,
            posts=posts,
        )
    profile.know(
        *("$type", "associated", "banner", "debug", "indexedAt", "joinedViaStarterPack"),
        *("pinnedPost", "pronouns", "status", "viewer"),
    )
    profile.rest()


def address_of(who: Person) -> str:
    """The page on which people see an account."""
    return f"https://bsky.app/profile/{who.handle or who.did}"


def note_labels(page: Page, people: Iterable[Person]) -> None:
    """Tell the user which accounts carry labels, and what they are."""
    said = [
        f"{each.handle or each.did} ({', '.join(sorted(each.labels))})"
        for each in people
        if each.labels
    ]
    if said:
        page.notes.append(f"Labels on accounts: {'; '.join(said)}.")


def leave_out(page: Page, who: Person) -> bool:
    """Whether an account must be left out; it is noted then, so that what was kept goes too."""
    if not (who.has_opted_out or who.is_hidden):
        return False
    why = (
        "its owner asks not to be shown to people who are not logged in to Bluesky"
        if who.has_opted_out
        else "Bluesky's moderators have hidden it"
    )
    if who.did not in page.opt_outs and ("accounts", who.did) not in page.gone:
        if who.has_opted_out:
            page.opt_outs[who.did] = frozenset({OptOut.BEING_KEPT})
        else:
            page.gone.append(("accounts", who.did))
        page.notes.append(f"{who.handle or who.did} was left out: {why}.")
    return True


def cut(shown: str | None) -> str | None:
    """A name that is shown, not longer than names are."""
    return shown.strip()[:MAX_NAME] or None if shown else None


def links_in(bio: str | None, website: str | None) -> list[str] | None:
    """Addresses that an account points to."""
    found = [website] if website else []
    found += [link.rstrip(_NOT_ITS_END) for link in _ADDRESS.findall(bio or "")]
    return [link for link in dict.fromkeys(found) if len(link) <= MAX_ITEM] or None


def _is_verified(verification: Fields | None) -> bool | None:
    if verification is None:
        return None
    states = {verification.name("verifiedStatus"), verification.name("trustedVerifierStatus")}
    verification.know("verifications")
    verification.rest()
    return "valid" in states if states != {None} else None
