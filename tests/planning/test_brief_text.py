"""Briefs are written so that reading them gives the same again."""

import tomllib

from groundswell.planning import brief_text
from groundswell.terms.platforms import AccountRef
from tests.planning.test_brief import WHOLE


def test_reading_what_was_written_gives_the_same_tables():
    tables = tomllib.loads(WHOLE)

    assert tomllib.loads(brief_text.written(tables)) == tables


def test_texts_that_toml_would_misread_are_escaped():
    tables = {"name": 'a "b" \\ \n \x7f é', "goals": {"odd key": 1.5, "true": True}}

    assert tomllib.loads(brief_text.written(tables)) == tables


def test_a_long_list_has_one_account_on_a_line():
    tables = {"creators": {"never": [f"instagram:creator{n}" for n in range(9)]}}

    text = brief_text.written(tables)

    assert text.startswith('[creators]\nnever = [\n    "instagram:creator0",\n')
    assert tomllib.loads(text) == tables


def test_a_revision_moves_accounts_between_never_and_must_have():
    tables = {"creators": {"must_have": ["instagram:@Anna"], "never": ["tiktok:ben"]}}

    found = brief_text.revised(
        tables,
        out=[AccountRef.parse("instagram:anna"), AccountRef.parse("youtube:cleo")],
        wanted=[AccountRef.parse("tiktok:Ben")],
    )

    assert found == {
        "creators": {
            "never": ["instagram:anna", "youtube:cleo"],
            "must_have": ["tiktok:Ben"],
        }
    }
    assert tables["creators"]["never"] == ["tiktok:ben"]
