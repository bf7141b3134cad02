"""Every address of an installation."""

from django.urls import include, path

from groundswell.interfaces.http import health
from groundswell.interfaces.rest.api import api

urlpatterns = [
    path("health/live", health.live, name="health_live"),
    path("health/ready", health.ready, name="health_ready"),
    path("metrics", health.metrics, name="metrics"),
    path("api/v1/", api.urls),
    path("accounts/", include("allauth.urls")),
    path("", include("groundswell.interfaces.console.urls")),
]
handler400 = "groundswell.interfaces.http.problems.bad_request"
handler404 = "groundswell.interfaces.http.problems.not_found"
handler500 = "groundswell.interfaces.http.problems.server_error"
