"""Show that ``groundswell connect bluesky`` brings exactly what was made on real servers.

Run it with Groundswell's own Python, after ``npm install`` beside it; see README.md.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import servers

_DEPTH = ["--posts", "100", "--comments", "50", "--members", "100"]
_COUNTS = ("likes", "comments", "shares")
_WORDS = ("text", "format", "hashtags", "mentions", "links")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--modules", type=Path, default=servers.HERE)
    given = arguments.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="groundswell-bluesky-"))
    folder.chmod(0o755)  # PostgreSQL runs as somebody else where it is started by root
    print(f"everything is written to {folder}")
    with servers.running(folder / "servers", given.modules) as network:
        print(f"the AppView answers at {network.server}")
        wrong = _checked(folder / "home", network.server, network.made)
        wrong += _listened(folder / "home", network)
    for each in wrong:
        print(f"WRONG: {each}")
    print("brought exactly what was made" if not wrong else f"{len(wrong)} things are wrong")
    sys.exit(bool(wrong))


def _checked(home: Path, server: str, made: dict[str, Any]) -> list[str]:
    def connect(*question: str) -> dict[str, Any]:
        return _groundswell(home, "connect", "bluesky", "--server", server, *question, "--json")

    wrong: list[str] = []
    found = connect("--search", "trail", *_DEPTH)
    shown = [handle for handle in made["accounts"] if _is_shown(handle, made)]
    shown = [handle for handle in shown if handle.startswith("trail-")]
    _compare(wrong, "state of the sync", found["sync"]["state"], "done")
    _compare(wrong, "items not taken", found["sync"]["bad"], 0)
    _compare(wrong, "unknown fields", found["sync"]["aside"], {})
    _check_accounts(wrong, found["creators"], {name: made["accounts"][name] for name in shown})
    _check_tables(wrong, home, made)
    print(f"  search: {found['totals']} with {found['spent']['requests']} requests")

    again = connect("--search", "trail", *_DEPTH)
    _compare(wrong, "totals of the same search again", again["totals"], found["totals"])
    tagged = connect("--hashtag", "#TrailRunning")
    handles = {each["handle"] for each in tagged["creators"]}
    _compare(wrong, "writers under the hashtag", handles, set(shown))
    one = connect("--handle", "fan-3.test")
    [fan] = one["creators"]
    _compare(
        wrong, "whom a fan follows", fan["following"], made["accounts"]["fan-3.test"]["following"]
    )
    print(f"  again, hashtag, handle: {again['totals']}, {tagged['totals']}, {one['totals']}")
    return wrong


def _listened(home: Path, network: servers.Network) -> list[str]:
    """Listen while news are made, then again from where it stopped."""
    wrong: list[str] = []
    [connection] = _groundswell(home, "connections", "list", "--json")["connections"]
    asked = ["listen", connection["connection"], "--minutes", "0.2", "--stream", network.stream]
    with _started(home, *asked, "--json") as listening:
        network.heard("listening")
        news = network.tell("up the hill")
        heard = json.loads(listening.communicate()[0])
    _compare(wrong, "state of the listening", heard["state"], "done")
    texts = {row["post_id"]: row["text"] for row in _rows(home, "posts")}
    _compare(wrong, "the new post", texts.get(news["news"]), "Live: up the hill")
    _compare(wrong, "posts that were deleted", heard["gone"], 1)
    _compare(
        wrong, "answers to others", [text for text in texts.values() if "Not news" in text], []
    )
    handle = ["--handle", "trail-benjamin.test"]
    found = _groundswell(home, "connect", "bluesky", "--server", network.server, *handle, "--json")
    renamed = [each["platform_id"] for each in found["creators"]]
    _compare(wrong, "who was renamed", renamed, [news["renamed"]])

    again = _groundswell(home, *asked, "--json")
    if network.heard("listening")["cursor"] is None:
        wrong.append("it does not listen from where it stopped")
    _compare(wrong, "rows that change when news come twice", again["changed"], {})
    print(f"  listened: {heard['changed']}, {heard['gone']} gone; again: {again['items']} heard")
    return wrong


def _is_shown(handle: str, made: dict[str, Any]) -> bool:
    return made["accounts"][handle]["did"] not in {*made["hidden"], *made["gone"]}


def _started(home: Path, *arguments: str) -> "subprocess.Popen[str]":
    """A command, allowed to ask servers of this machine, which it isn't otherwise."""
    given = {"GROUNDSWELL_HOME": str(home), "GROUNDSWELL_REACH_NETWORKS": "127.0.0.0/8"}
    command = [str(Path(sys.executable).parent / "groundswell"), *arguments]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, env=os.environ | given, stdout=pipe, stderr=pipe, text=True)


def _groundswell(home: Path, *arguments: str) -> dict[str, Any]:
    """What a command says."""
    with _started(home, *arguments) as process:
        out, err = process.communicate()
    if process.returncode:
        sys.exit(f"{' '.join(arguments)} failed:\n{out}\n{err}")
    said: dict[str, Any] = json.loads(out)
    return said


def _check_accounts(wrong: list[str], found: list[dict[str, Any]], made: dict[str, Any]) -> None:
    told = {
        each["handle"]: (
            each["platform_id"],
            each["name"],
            each["followers"],
            each["following"],
            each["posts"],
        )
        for each in found
    }
    expected = {
        handle: tuple(
            account[name] for name in ("did", "display_name", "followers", "following", "posts")
        )
        for handle, account in made.items()
    }
    _compare(wrong, "accounts", told, expected)


def _check_tables(wrong: list[str], home: Path, made: dict[str, Any]) -> None:
    posts = {row["post_id"]: row for row in _rows(home, "posts")}
    counts = {row["post_id"]: row for row in _rows(home, "post_observations")}
    expected = {post["uri"]: post for post in made["posts"] if post["uri"] not in made["hidden"]}
    _compare(wrong, "posts", set(posts), set(expected))
    for uri in posts.keys() & expected.keys():
        told = [posts[uri][name] or None for name in _WORDS]
        _compare(wrong, uri, told, [expected[uri][name] or None for name in _WORDS])
        moment = posts[uri]["published_at"].isoformat(timespec="milliseconds")
        _compare(wrong, uri, moment.replace("+00:00", "Z"), expected[uri]["published_at"])
        told = [counts[uri][name] for name in _COUNTS]
        _compare(wrong, uri, told, [expected[uri][name] for name in _COUNTS])

    said = {row["comment_id"]: (row["post_id"], row["text"]) for row in _rows(home, "comments")}
    others = [each for each in made["comments"] if each["author"] != each["account"]]
    answers = {each["uri"]: (each["post"], each["text"]) for each in others}
    _compare(wrong, "comments", said, answers)

    owners = {row["account"]: uri.split("/")[2] for uri, row in posts.items()}
    _compare(wrong, "audiences", _audiences(home, owners), _audiences_made(made, others))


def _audiences(home: Path, owners: dict[str, str]) -> dict[tuple[str, str], int]:
    """How many people each audience has; who they are is hashed."""
    people: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in _rows(home, "memberships"):
        people[owners.get(row["account"], "nobody"), row["kind"]].add(row["member"])
    return {key: len(members) for key, members in people.items()}


def _audiences_made(
    made: dict[str, Any], answers: list[dict[str, Any]]
) -> dict[tuple[str, str], int]:
    absent = {*made["hidden"], *made["gone"]}
    kinds = (
        *(("follows", each["account"], each["member"]) for each in made["follows"]),
        *(("liked", each["account"], each["member"]) for each in made["likes"]),
        *(("commented", each["account"], each["author"]) for each in answers),
    )
    told = {each for each in kinds if each[1] not in absent and each[1] != each[2]}
    return dict(Counter((account, kind) for kind, account, _ in told))


def _rows(home: Path, table: str) -> list[dict[str, Any]]:
    files = home.glob(f"workspaces/*/warehouse/{table}/**/*.parquet")
    return [row for file in sorted(files) for row in pq.read_table(file).to_pylist()]


def _compare(wrong: list[str], what: str, told: Any, expected: Any) -> None:
    if told != expected:
        wrong.append(f"{what}: {told!r}, not {expected!r}")


if __name__ == "__main__":
    main()
