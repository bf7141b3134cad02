"""The demo's login."""

from groundswell.demo import login
from groundswell.people import queries
from groundswell.people.models import Person


def test_the_login_is_the_same_at_every_start_and_owns_both_workspaces(workspace, now):
    first = login.ready(workspace=workspace, now=now)
    second = login.ready(workspace=workspace, now=now)

    assert first == second
    person = Person.objects.get()
    assert person.check_password(first.password)
    places = {(place.workspace.slug, place.role.value) for place in queries.places(person)}
    assert places == {("anna", "owner"), ("default", "owner")}


def test_a_password_that_the_person_chose_is_left_alone(workspace, now):
    login.ready(workspace=workspace, now=now)
    person = Person.objects.get()
    person.set_password("another long sentence")
    person.save()

    assert login.ready(workspace=workspace, now=now).password is None
    assert Person.objects.get().check_password("another long sentence")
