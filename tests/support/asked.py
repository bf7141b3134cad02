"""Questions to the tables of a synthetic world, without a warehouse on disk."""

from importlib import resources
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from groundswell.engine.synth.worlds import World
from groundswell.terms import tables


class Asked:
    """Answers the named questions as ``Observations`` does."""

    def __init__(self, world: World) -> None:
        self.connection = duckdb.connect()
        self.connection.execute("SET TimeZone = 'UTC'")
        seen = world.tables()
        for table in tables.OBSERVATIONS:
            self.connection.register(table.name, seen.get(table.name, tables.empty(table)))

    def ask(self, question: str, **parameters: Any) -> pa.Table:
        """The answer to a named question."""
        file = resources.files("groundswell.warehouse") / "questions" / f"{question}.sql"
        values = {}
        for name, value in parameters.items():
            if isinstance(value, pa.Table):
                self.connection.register(name, value)
            else:
                values[name] = value
        return self.connection.sql(file.read_text(), params=values or None).to_arrow_table()

    def accounts(self, world: World) -> pa.Table:
        """The world's accounts with their newest count of followers, in the world's order."""
        named = pc.coalesce(world.accounts["platform_id"], world.accounts["handle"])
        counted = self.ask("latest_counts")
        rows = pc.index_in(named, counted["account"])
        followers = counted["followers"].take(rows)
        return world.accounts.append_column("account", named).append_column("followers", followers)
