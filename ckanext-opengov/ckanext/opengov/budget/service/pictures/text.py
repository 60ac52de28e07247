"""Words in pictures, which have to fit: widths are estimated, as no browser is at hand."""

from __future__ import annotations

# The mean width of a letter as a part of the size of the font, for Cyrillic and Latin in a sans serif.
LETTER = 0.57


def wrapped(text: str, width: float, size: float, rows: int) -> list[str]:
    """A text in lines; what does not fit ends with an ellipsis, and words that are too long are left out."""
    most = int(width / (size * LETTER))
    if most < 4 or rows < 1:
        return []
    lines: list[str] = []
    for word in text.split():
        if lines and len(lines[-1]) + 1 + len(word) <= most:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    fitting = [one if len(one) <= most else f"{one[: most - 1]}…" for one in lines]
    if len(fitting) <= rows:
        return fitting
    return [*fitting[: rows - 1], f"{fitting[rows - 1][: most - 1]}…"]


def shortened(text: str, letters: int) -> str:
    """A text of at most so many letters."""
    return text if len(text) <= letters else f"{text[: letters - 1]}…"
