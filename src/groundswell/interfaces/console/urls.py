"""The console's addresses, in the order of the work."""

from django.urls import include, path

from groundswell.interfaces.console import home, people

app_name = "console"

of_workspace = [
    path("", home.home, name="home"),
]

urlpatterns = [
    path("", people.start, name="start"),
    path("welcome", people.welcome, name="welcome"),
    path("invitations/<str:secret>", people.invitation, name="invitation"),
    path("workspaces", people.choose, name="workspaces"),
    path("w/<slug:slug>/", include(of_workspace)),
]
