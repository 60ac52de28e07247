"""The ground of maps: the country in Web Mercator, windows on it, its cities. Pure.

Lengths are those of a world map of 8,192 units, so that a tile of 256 pixels at zoom 5 is 256 units wide.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

FOLDER = Path(__file__).resolve().parents[1]
WORLD = 8192.0
TILE = 256
BASE_ZOOM = 5
DEEPEST = 6
# The whole country with some air around it.
WIDTH, HEIGHT = 980.0, 590.0
MIDDLE = (48.55, 66.9)
# Width of a square in tenths of a degree, by zoom: about as wide as a finger.
GRID = {0: 20, 1: 10, 2: 5, 3: 2}


@dataclass(frozen=True)
class Place:
    """The centre of a region."""

    region: str
    latitude: float
    longitude: float
    rank: int
    kk: str
    ru: str
    en: str

    def title(self, language: str) -> str:
        """The name in ``kk``, ``ru`` or ``en``."""
        return {"kk": self.kk, "ru": self.ru}.get(language, self.en)


@cache
def places() -> tuple[Place, ...]:
    """The cities that the map names."""
    rows = yaml.safe_load((FOLDER / "places.yaml").read_text(encoding="utf-8"))
    return tuple(Place(**row) for row in rows)


def project(latitude: float, longitude: float) -> tuple[float, float]:
    """Degrees as units from the map's upper left."""
    x = (longitude + 180) / 360 * WORLD
    y = (1 - math.asinh(math.tan(math.radians(latitude))) / math.pi) / 2 * WORLD
    return x, y


def unproject(x: float, y: float) -> tuple[float, float]:
    """Units as degrees north and east."""
    return math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * y / WORLD)))), x / WORLD * 360 - 180


@cache
def outline() -> str:
    """The country as the path of an SVG."""
    ring = json.loads((FOLDER / "outline.json").read_text(encoding="utf-8"))["ring"]
    points = [project(latitude, longitude) for longitude, latitude in ring]
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points) + "Z"


@dataclass(frozen=True)
class Window:
    """A part of the map: where its middle lies, and how near one looks."""

    latitude: float = MIDDLE[0]
    longitude: float = MIDDLE[1]
    zoom: int = 0

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, width, height."""
        x, y = project(self.latitude, self.longitude)
        width, height = WIDTH / 2**self.zoom, HEIGHT / 2**self.zoom
        return x - width / 2, y - height / 2, width, height

    @property
    def grid(self) -> int:
        """Width of a square in tenths of a degree."""
        return GRID.get(self.zoom, 1)

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """South, west, north, east."""
        left, top, width, height = self.box
        north, west = unproject(left, top)
        south, east = unproject(left + width, top + height)
        return south, west, north, east

    def moved(self, right: float = 0, down: float = 0, nearer: int = 0) -> Window:
        """Another window: so many of its widths to the right, heights down, steps nearer."""
        left, top, width, height = self.box
        latitude, longitude = unproject(left + width / 2 + right * width, top + height / 2 + down * height)
        return window(latitude, longitude, self.zoom + nearer)

    def position(self, latitude: float, longitude: float) -> tuple[float, float]:
        """Where a point lies in the window, in hundredths from its left and its top."""
        x, y = project(latitude, longitude)
        left, top, width, height = self.box
        return round(100 * (x - left) / width, 2), round(100 * (y - top) / height, 2)

    def tiles(self) -> list[tuple[int, int, int, float, float, float]]:
        """Tiles that cover the window: zoom, column, row, left, top, size."""
        zoom, size = BASE_ZOOM + self.zoom, TILE / 2**self.zoom
        left, top, width, height = self.box
        columns = range(math.floor(left / size), math.floor((left + width) / size) + 1)
        rows = range(math.floor(top / size), math.floor((top + height) / size) + 1)
        return [(zoom, column, row, column * size, row * size, size) for column in columns for row in rows]


def window(latitude: float, longitude: float, zoom: int) -> Window:
    """A window that stays over the country."""
    if zoom <= 0 or not math.isfinite(latitude + longitude):
        return Window()
    return Window(min(max(latitude, 40.0), 56.0), min(max(longitude, 46.0), 88.0), min(zoom, DEEPEST))
