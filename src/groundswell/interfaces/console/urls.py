"""The console's addresses, in the order of the work."""

from django.urls import include, path

from groundswell.interfaces.console import (
    compare,
    creators,
    discover,
    drafts,
    formulas,
    home,
    keeping,
    lists,
    members,
    people,
    plans,
    searches,
    settings,
)

app_name = "console"

of_workspace = [
    path("", home.home, name="home"),
    path("discover", discover.discover, name="discover"),
    path("discover/export/<str:kind>", discover.export, name="discover_export"),
    path("searches", searches.searches, name="searches"),
    path("searches/save", searches.save, name="search_save"),
    path("searches/<uuid:search_id>", searches.search, name="search"),
    path("searches/<uuid:search_id>/rename", searches.rename, name="search_rename"),
    path("searches/<uuid:search_id>/delete", searches.delete, name="search_delete"),
    path("searches/<uuid:search_id>/restore", searches.restore, name="search_restore"),
    path("lists", lists.lists, name="lists"),
    path("lists/create", lists.create, name="list_create"),
    path("lists/add", lists.add, name="list_add"),
    path("lists/<uuid:list_id>", lists.page, name="list"),
    path("lists/<uuid:list_id>/rename", lists.rename, name="list_rename"),
    path("lists/<uuid:list_id>/delete", lists.delete, name="list_delete"),
    path("lists/<uuid:list_id>/restore", lists.restore, name="list_restore"),
    path("lists/<uuid:list_id>/remove", lists.remove, name="list_remove"),
    path("lists/<uuid:list_id>/put-back", lists.put_back, name="list_put_back"),
    path("lists/<uuid:list_id>/note/<uuid:creator_id>", lists.note, name="list_note"),
    path("lists/<uuid:list_id>/export/<str:kind>", lists.export, name="list_export"),
    path("settings", settings.workspace, name="settings"),
    path("settings/change", settings.change_workspace, name="settings_change"),
    path("settings/tiers", settings.tiers, name="settings_tiers"),
    path("settings/tiers/change", settings.change_tiers, name="settings_tiers_change"),
    path("settings/formulas", formulas.page, name="settings_formulas"),
    path("settings/members", members.members_page, name="settings_members"),
    path("settings/members/invite", members.invite, name="settings_members_invite"),
    path("settings/members/<uuid:member_id>/role", members.set_role, name="settings_members_role"),
    path(
        "settings/members/<uuid:member_id>/remove", members.remove, name="settings_members_remove"
    ),
    path(
        "settings/invitations/<uuid:invitation_id>/revoke",
        members.revoke_invitation,
        name="settings_members_revoke",
    ),
    path("settings/tokens", members.tokens_page, name="settings_tokens"),
    path("settings/tokens/make", members.make_token, name="settings_tokens_make"),
    path(
        "settings/tokens/<uuid:token_id>/revoke",
        members.revoke_token,
        name="settings_tokens_revoke",
    ),
    path("settings/data", settings.data, name="settings_data"),
    path("settings/journal", settings.journal, name="settings_journal"),
]

of_workspace += [
    path("plans", plans.plans, name="plans"),
    path("plans/new", drafts.new, name="brief"),
    path("plans/new/fill", drafts.fill, name="brief_fill"),
    path("plans/new/toml", drafts.as_toml, name="brief_toml"),
    path("plans/compare", plans.compare, name="plans_compare"),
    path("plans/drafts/<uuid:draft_id>", drafts.draft, name="plan_draft"),
    path("plans/drafts/<uuid:draft_id>/cancel", drafts.cancel, name="plan_draft_cancel"),
    path("plans/drafts/<uuid:draft_id>/forget", drafts.forget, name="plan_draft_forget"),
    path("plans/<uuid:plan_id>", plans.plan, name="plan"),
    path("plans/<uuid:plan_id>/lines", plans.lines, name="plan_lines"),
    path("plans/<uuid:plan_id>/method", plans.method, name="plan_method"),
    path("plans/<uuid:plan_id>/versions", plans.versions, name="plan_versions"),
    path("plans/<uuid:plan_id>/revise", plans.revise, name="plan_revise"),
    path("plans/<uuid:plan_id>/back", plans.go_back, name="plan_back"),
    path("plans/<uuid:plan_id>/current", plans.make_current, name="plan_current"),
    path("plans/<uuid:plan_id>/approve", plans.approve, name="plan_approve"),
    path("plans/<uuid:plan_id>/withdraw", plans.withdraw, name="plan_withdraw"),
    path("plans/<uuid:plan_id>/<slug:what>.<slug:kind>", plans.export, name="plan_export"),
]

_OF_CREATOR = "creators/<uuid:creator_id>"
of_workspace += [
    path(_OF_CREATOR, creators.creator, name="creator"),
    path("accounts/<str:ref>", creators.account, name="creator_account"),
    path(f"{_OF_CREATOR}/scorecard", creators.scorecard, name="creator_scorecard"),
    path(f"{_OF_CREATOR}/charts", creators.charts, name="creator_charts"),
    path(f"{_OF_CREATOR}/posts", creators.posts, name="creator_posts"),
    path(f"{_OF_CREATOR}/history", creators.history, name="creator_history"),
    path(f"{_OF_CREATOR}/notes", keeping.write_note, name="creator_note"),
    path(
        f"{_OF_CREATOR}/notes/<uuid:note_id>/change",
        keeping.change_note,
        name="creator_note_change",
    ),
    path(
        f"{_OF_CREATOR}/notes/<uuid:note_id>/remove",
        keeping.remove_note,
        name="creator_note_remove",
    ),
    path(
        f"{_OF_CREATOR}/notes/<uuid:note_id>/put-back",
        keeping.put_note_back,
        name="creator_note_put_back",
    ),
    path(f"{_OF_CREATOR}/tags/add", keeping.add_tag, name="creator_tag_add"),
    path(f"{_OF_CREATOR}/tags/remove", keeping.remove_tag, name="creator_tag_remove"),
    path(f"{_OF_CREATOR}/contacts", keeping.add_contact, name="creator_contact"),
    path(
        f"{_OF_CREATOR}/contacts/<uuid:contact_id>/prefer",
        keeping.prefer_contact,
        name="creator_contact_prefer",
    ),
    path(
        f"{_OF_CREATOR}/contacts/<uuid:contact_id>/remove",
        keeping.remove_contact,
        name="creator_contact_remove",
    ),
    path(f"{_OF_CREATOR}/prices", keeping.set_price, name="creator_price"),
    path(f"{_OF_CREATOR}/files", keeping.add_file, name="creator_file_add"),
    path(f"{_OF_CREATOR}/files/<uuid:file_id>", keeping.file, name="creator_file"),
    path(
        f"{_OF_CREATOR}/files/<uuid:file_id>/remove",
        keeping.remove_file,
        name="creator_file_remove",
    ),
    path(
        f"{_OF_CREATOR}/files/<uuid:file_id>/put-back",
        keeping.put_file_back,
        name="creator_file_put_back",
    ),
    path(f"{_OF_CREATOR}/unmerge/<uuid:absorbed_id>", keeping.unmerge, name="creator_unmerge"),
    path("compare", compare.compare, name="compare"),
    path("compare/seen", compare.seen, name="compare_seen"),
    path("compare/export/<str:kind>", compare.export, name="compare_export"),
]

urlpatterns = [
    path("", people.start, name="start"),
    path("welcome", people.welcome, name="welcome"),
    path("invitations/<str:secret>", people.invitation, name="invitation"),
    path("workspaces", people.choose, name="workspaces"),
    path("w/<slug:slug>/", include(of_workspace)),
]
