"""Programs without what they don't use."""

import sys
from importlib.abc import MetaPathFinder


class _NoPandas(MetaPathFinder):
    def find_spec(self, fullname: str, path: object, target: object = None) -> None:
        del path, target
        if fullname == "pandas":
            raise ModuleNotFoundError(fullname)


def without_pandas() -> None:
    """Keep pandas out of this process, for programs of our own that never use it.

    Where it is installed, pyarrow loads it all, half a second and 35 MiB, to ask whether a list of
    ours is a Series.
    """
    sys.meta_path.insert(0, _NoPandas())
