"""Words are found whichever look-alike letters they were typed with: both sides are folded before they are compared.

Latin letters in Cyrillic words are common in Kazakh data; the eye does not see them, a comparison does.
"""

from __future__ import annotations

LATIN = "abcehikmoptxyëһ"
CYRILLIC = "авсенікмортхуён"
_TABLE = str.maketrans(LATIN, CYRILLIC)


def folded(text: str) -> str:
    """The text in small letters, Latin look-alikes as Cyrillic ones."""
    return text.lower().translate(_TABLE)
