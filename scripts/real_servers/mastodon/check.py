"""Show that ``groundswell connect mastodon`` brings exactly what was made on a server.

Run it with Groundswell's own Python; see README.md.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import server as servers

_DEPTH = ["--posts", "200", "--comments", "50", "--members", "200"]


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--program", default="mastodon_mock")
    given = arguments.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="groundswell-mastodon-"))
    print(f"everything is written to {folder}")
    with servers.running(folder / "server", given.program) as address:
        print(f"the server answers at {address}")
        people, made = servers.make(address, folder / "server" / "data.sqlite")
        wrong = _checked(folder, address, people, made)
    for each in wrong:
        print(f"WRONG: {each}")
    print("brought exactly what was made" if not wrong else f"{len(wrong)} things are wrong")
    sys.exit(bool(wrong))


def _checked(folder: Path, address: str, people: servers.People, made: servers.Made) -> list[str]:
    home, host = folder / "home", address.removeprefix("http://")

    def connect(*question: str, key: str = "", home: Path = home) -> dict[str, Any]:
        asked = ["connect", "mastodon", "--server", address, *question, "--json"]
        return _groundswell(home, key, *asked)

    wrong: list[str] = []
    one = connect("--handle", f"@anna@{host}", *_DEPTH)
    _compare(wrong, "state of the sync", one["sync"]["state"], "done")
    _compare(wrong, "items not taken", one["sync"]["bad"], 0)
    [anna] = one["creators"]
    told = [anna[name] for name in ("platform_id", "name", "followers", "following")]
    _compare(wrong, "anna", told, [f"anna@{host}", "Anna Runs", servers.FANS, 0])
    _check_tables(wrong, home, made)
    print(f"  handle: {one['totals']}; fields unknown here: {sorted(one['sync']['aside'])}")

    again = connect("--handle", f"@anna@{host}", *_DEPTH)
    _compare(wrong, "totals of the same again", again["totals"], one["totals"])
    ben = connect("--handle", f"@ben@{host}", *_DEPTH)
    _compare(wrong, "both audiences", _kinds(home), _audiences(made, also=1))
    print(f"  again, ben: {again['totals']}, {ben['totals']}; {ben['sync']['notes']}")

    tagged = connect("--hashtag", "#TrailRunning", home=folder / "tagged")
    _compare(wrong, "writers under the hashtag", _handles(tagged), {f"anna@{host}", f"ben@{host}"})
    words = ("--search", "trail running", "--posts", "1")
    stranger = connect(*words, home=folder / "stranger")
    _compare(wrong, "found by a stranger", _handles(stranger), {f"anna@{host}", f"ben@{host}"})
    member = connect("--search", "anna", home=folder / "member", key=people.tokens["ben"])
    _compare(wrong, "found by a member", _handles(member), {f"anna@{host}"})
    for name, found in (("hashtag", tagged), ("stranger", stranger), ("member", member)):
        print(f"  {name}: {found['totals']}; {found['sync']['notes']}")
    return wrong


def _handles(found: dict[str, Any]) -> set[str]:
    return {each["handle"] for each in found["creators"]}


def _groundswell(home: Path, key: str, *arguments: str) -> dict[str, Any]:
    """What a command says; on servers of this machine, which are not asked otherwise."""
    given = {"GROUNDSWELL_HOME": str(home), "GROUNDSWELL_REACH_NETWORKS": "127.0.0.0/8"}
    given["GROUNDSWELL_MASTODON_KEY"] = key
    command = [str(Path(sys.executable).parent / "groundswell"), *arguments]
    ended = subprocess.run(
        command, env=os.environ | given, check=False, capture_output=True, text=True
    )
    if ended.returncode:
        sys.exit(f"{' '.join(arguments)} failed:\n{ended.stdout}\n{ended.stderr}")
    said: dict[str, Any] = json.loads(ended.stdout)
    return said


def _check_tables(wrong: list[str], home: Path, made: servers.Made) -> None:
    posts = {row["post_id"]: row for row in _rows(home, "posts")}
    counts = {row["post_id"]: row for row in _rows(home, "post_observations")}
    _compare(wrong, "posts", set(posts), set(made.posts))
    for uri in posts.keys() & made.posts.keys():
        row, expected = posts[uri], made.posts[uri]
        told = [row["text"], row["hashtags"] or [], row["format"], row["published_at"] is not None]
        _compare(wrong, uri, told, [expected["text"], expected["hashtags"], "text", True])
        if expected["language"]:
            _compare(wrong, uri, row["language"], expected["language"])
        told = [counts[uri][name] for name in ("likes", "shares", "comments")]
        _compare(wrong, uri, told, [expected[name] for name in ("likes", "shares", "comments")])
    said = {row["comment_id"]: row["text"] for row in _rows(home, "comments")}
    _compare(wrong, "comments", said, made.comments)
    _compare(wrong, "audience", _kinds(home), _audiences(made))


def _kinds(home: Path) -> dict[str, int]:
    """How many people each kind of audience has; who they are is hashed."""
    people = {(row["account"], row["member"], row["kind"]) for row in _rows(home, "memberships")}
    return dict(Counter(kind for _, _, kind in people))


def _audiences(made: servers.Made, *, also: int = 0) -> dict[str, int]:
    """The same as it was made; with others who answered somebody else."""
    return {
        "follows": servers.FANS,
        "liked": len(made.likers),
        "commented": len(made.writers) + also,
    }


def _rows(home: Path, table: str) -> list[dict[str, Any]]:
    files = home.glob(f"workspaces/*/warehouse/{table}/**/*.parquet")
    return [row for file in sorted(files) for row in pq.read_table(file).to_pylist()]


def _compare(wrong: list[str], what: str, told: Any, expected: Any) -> None:
    if told != expected:
        wrong.append(f"{what}: {told!r}, not {expected!r}"[:1_000])


if __name__ == "__main__":
    main()
