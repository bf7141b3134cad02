"""The console's addresses, in the order of the work."""

from django.urls import include, path

from groundswell.interfaces.console import formulas, home, members, people, settings

app_name = "console"

of_workspace = [
    path("", home.home, name="home"),
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

urlpatterns = [
    path("", people.start, name="start"),
    path("welcome", people.welcome, name="welcome"),
    path("invitations/<str:secret>", people.invitation, name="invitation"),
    path("workspaces", people.choose, name="workspaces"),
    path("w/<slug:slug>/", include(of_workspace)),
]
