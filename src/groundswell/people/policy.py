"""Who may do what: one table of roles and actions. What is not in it is refused."""

from enum import StrEnum

from django.db import models

from groundswell.terms.errors import Refusal


class Role(models.TextChoices):
    """What a member is to a workspace."""

    VIEWER = "viewer", "Viewer"
    EDITOR = "editor", "Editor"
    APPROVER = "approver", "Approver"
    FINANCE = "finance", "Finance"
    ADMIN = "admin", "Admin"
    OWNER = "owner", "Owner"


MEANING: dict[Role, str] = {
    Role.VIEWER: "sees creators, plans and reports",
    Role.EDITOR: "a viewer who also imports, edits and plans",
    Role.APPROVER: "an editor who also approves plans",
    Role.FINANCE: "a viewer who also sees contacts and the journal, and exports",
    Role.ADMIN: "does everything but delete the workspace or make owners",
    Role.OWNER: "does everything",
}


class Action(StrEnum):
    """What can be done in a workspace, one word for each right."""

    CREATORS_READ = "creators.read"
    CREATORS_EDIT = "creators.edit"
    CONTACTS_READ = "contacts.read"
    CONTACTS_EDIT = "contacts.edit"
    SEARCHES_SAVE = "searches.save"
    LISTS_EDIT = "lists.edit"
    IMPORTS_READ = "imports.read"
    IMPORTS_RUN = "imports.run"
    CONNECTIONS_READ = "connections.read"
    CONNECTIONS_EDIT = "connections.edit"
    DUPLICATES_DECIDE = "duplicates.decide"
    VETTING_RUN = "vetting.run"
    REVIEWS_DECIDE = "reviews.decide"
    PLANS_READ = "plans.read"
    PLANS_PROPOSE = "plans.propose"
    PLANS_APPROVE = "plans.approve"
    DATA_EXPORT = "data.export"
    JOURNAL_READ = "journal.read"
    MEMBERS_READ = "members.read"
    MEMBERS_MANAGE = "members.manage"
    TOKENS_MANAGE = "tokens.manage"
    SETTINGS_READ = "settings.read"
    SETTINGS_EDIT = "settings.edit"
    WORKSPACE_DELETE = "workspace.delete"


RIGHTS: dict[Action, str] = {
    Action.CREATORS_READ: "find and see creators, their scores and posts",
    Action.CREATORS_EDIT: "change creators: notes, tags, files, prices",
    Action.CONTACTS_READ: "see creators' contacts",
    Action.CONTACTS_EDIT: "add and remove contacts",
    Action.SEARCHES_SAVE: "save searches",
    Action.LISTS_EDIT: "make and change lists",
    Action.IMPORTS_READ: "see imports and their reports",
    Action.IMPORTS_RUN: "import files",
    Action.CONNECTIONS_READ: "see connections to networks and what they brought",
    Action.CONNECTIONS_EDIT: "connect networks, sync, pause and disconnect them",
    Action.DUPLICATES_DECIDE: "merge and part duplicates",
    Action.VETTING_RUN: "vet all accounts anew",
    Action.REVIEWS_DECIDE: "decide on accounts that need review, and ask their creators",
    Action.PLANS_READ: "see plans",
    Action.PLANS_PROPOSE: "write briefs and plan them",
    Action.PLANS_APPROVE: "approve plans",
    Action.DATA_EXPORT: "take data out as files",
    Action.JOURNAL_READ: "read the journal",
    Action.MEMBERS_READ: "see who belongs to the workspace",
    Action.MEMBERS_MANAGE: "invite, change and remove members",
    Action.TOKENS_MANAGE: "make and revoke tokens",
    Action.SETTINGS_READ: "see the settings",
    Action.SETTINGS_EDIT: "change the settings",
    Action.WORKSPACE_DELETE: "delete the workspace",
}

_READS = frozenset(
    {
        Action.CREATORS_READ,
        Action.IMPORTS_READ,
        Action.CONNECTIONS_READ,
        Action.PLANS_READ,
        Action.MEMBERS_READ,
        Action.SETTINGS_READ,
        Action.SEARCHES_SAVE,
    }
)
_EDITS = _READS | {
    Action.CREATORS_EDIT,
    Action.CONTACTS_READ,
    Action.CONTACTS_EDIT,
    Action.LISTS_EDIT,
    Action.IMPORTS_RUN,
    Action.CONNECTIONS_EDIT,
    Action.DUPLICATES_DECIDE,
    Action.VETTING_RUN,
    Action.REVIEWS_DECIDE,
    Action.PLANS_PROPOSE,
    Action.DATA_EXPORT,
}
_EVERYTHING = frozenset(Action)

ALLOWED: dict[Role, frozenset[Action]] = {
    Role.VIEWER: _READS,
    Role.EDITOR: _EDITS,
    Role.APPROVER: _EDITS | {Action.PLANS_APPROVE},
    Role.FINANCE: _READS | {Action.CONTACTS_READ, Action.DATA_EXPORT, Action.JOURNAL_READ},
    Role.ADMIN: _EVERYTHING - {Action.WORKSPACE_DELETE},
    Role.OWNER: _EVERYTHING,
}


class NotAllowed(Refusal):
    """The role does not have the right."""

    code = "not_allowed"


def may(role: Role, action: Action) -> bool:
    """Whether a role has a right."""
    return action in ALLOWED[role]


def require(role: Role, action: Action, *, scopes: frozenset[Action] | None = None) -> None:
    """Pass, or say no.

    Args:
        role: What the member is.
        action: What the member wants to do.
        scopes: What a token was made for; None for a person, whom the role alone bounds.

    Raises:
        NotAllowed: When the role or the token does not cover it.
    """
    if not may(role, action):
        able = ", ".join(other for other in Role if may(other, action))
        raise NotAllowed(
            f"the role {role.value!r} may not do {action.value!r}; "
            f"ask somebody who is one of: {able}"
        )
    if scopes is not None and action not in scopes:
        raise NotAllowed(
            f"this token was not made for {action.value!r}; make one that has this scope"
        )
