"""Whether a key came twice: eight bytes a row are remembered, not the rows."""

from __future__ import annotations

import polars as pl


class KeyWatch:
    """Watches the keys of all pieces by their hashes. Two keys of one hash only make the database look closer."""

    def __init__(self, key: tuple[str, ...]) -> None:
        self._key = list(key)
        self._hashes: list[pl.Series] = []

    def watch(self, frame: pl.DataFrame) -> None:
        """Note the keys of a piece."""
        if frame.height:
            self._hashes.append(frame.select(pl.struct(self._key).hash())[self._key[0]])

    def doubled(self) -> bool:
        """Whether some key came more than once."""
        if not self._hashes:
            return False
        hashes = pl.concat(self._hashes).sort()
        self._hashes.clear()
        return bool((hashes == hashes.shift()).any())
