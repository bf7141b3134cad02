"""Commands by which a person judges: side by side, on one page, and row by row."""

import csv
import io

import pytest
from pypdf import PdfReader

from tests.support.installation import running

FILES = {
    "accounts": "platform,handle,followers,display_name\n"
    "instagram,anna,1000,Anna\ninstagram,ben,3000,Ben\n",
    "account_observations": "platform,account_handle,observed_at,followers,source\n"
    "instagram,anna,2026-09-01T00:00:00Z,900,import\n"
    "instagram,anna,2026-10-01T00:00:00Z,1000,import\n",
}


@pytest.fixture(scope="module")
def installation(migrated, tmp_path_factory):
    """Two creators, one of them counted twice."""
    home = tmp_path_factory.mktemp("pages")
    with running(migrated, home / "home") as installed:
        for kind, text in FILES.items():
            (home / f"{kind}.csv").write_text(text)
            installed.json("import", kind, str(home / f"{kind}.csv"))
        installed.json("vet")
        yield installed


def test_creators_are_held_side_by_side_and_written_down(installation, tmp_path):
    file = tmp_path / "compared.csv"

    said = installation.json("compare", "instagram:anna", "instagram:ben", "-o", str(file))

    assert [side["account"] for side in said["sides"]] == ["instagram:anna", "instagram:ben"]
    assert {each["one"] for each in said["overlaps"]} == {"instagram:anna", "instagram:ben"}
    rows = list(csv.DictReader(io.StringIO(file.read_text("utf-8-sig"))))
    assert [row["followers"] for row in rows] == ["1000", "3000"]


def test_a_dossier_is_printed_on_one_page(installation, tmp_path):
    file = tmp_path / "anna.pdf"

    said = installation.json("dossier", "instagram:anna", "--output", str(file))

    pages = PdfReader(file).pages
    assert said["bytes"] == file.stat().st_size
    assert len(pages) == 1
    assert "instagram:anna" in pages[0].extract_text()


def test_an_exhibit_shows_the_days_behind_a_measure(installation):
    said = installation.json("exhibit", "instagram:anna", "daily_growth")

    assert [row["followers"] for row in said["counts"]][-1] == 900
    assert [row["change"] for row in said["counts"]][-2:] == [100, None]
