"""What a workspace holds: counted anew with every revision."""

from groundswell.creators import holdings
from groundswell.creators.actions import duplicates
from groundswell.creators.models import Creator
from groundswell.workspaces import access
from tests.creators.conftest import account


def test_counts_follow_imports_merges_and_partings(desk, workspace, now):
    def counted():
        with access.inside(workspace):
            return holdings.creators_and_accounts()

    assert counted() == (0, 0)
    desk.publish(accounts=[account("anna"), account("ben")])
    assert counted() == (2, 2)
    desk.publish(accounts=[account("carl")])
    assert counted() == (3, 3)

    with access.inside(workspace):
        anna, ben = Creator.objects.order_by("name")[:2]
        duplicates.merge(creator=ben, into=anna, by="test", now=now)
    assert counted() == (2, 3)
    with access.inside(workspace):
        duplicates.unmerge(creator=Creator.objects.get(id=ben.id), by="test", now=now)
    assert counted() == (3, 3)
