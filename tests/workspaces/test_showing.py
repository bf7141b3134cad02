"""The journal as people read it: details without the marks of code."""

from groundswell.workspaces import showing


def test_details_are_said_without_the_marks_of_code():
    said = dict(
        showing.in_words(
            {
                "new_ruling": "confirmed_concern",
                "reason": "It looks_odd to me",
                "expires_at": "2026-11-22T10:30:00+02:00",
                "is_first": True,
                "rows": 12_000,
                "share": 0.25,
                "scopes": ["data_export", "lists"],
                "counts": {"needs_review": 2},
                "nothing": None,
            }
        )
    )

    assert said == {
        "new ruling": "confirmed concern",
        "reason": "It looks_odd to me",
        "expires at": "2026-11-22 08:30 UTC",
        "is first": "yes",
        "rows": "12,000",
        "share": "0.2",
        "scopes": "data export, lists",
        "counts": "needs review 2",
    }
