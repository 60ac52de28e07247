"""``python -m stack.demonstration PORTAL_URL TOKEN_FILE`` loads what is not there yet and says what did not work."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from stack.demonstration.parts import PARTS
from stack.demonstration.portal import Portal, PortalError


def main(words: list[str]) -> int:
    if len(words) != 2:
        print("usage: python -m stack.demonstration PORTAL_URL TOKEN_FILE", file=sys.stderr)
        return 2
    token_file = Path(words[1])
    portal = Portal(words[0], token_file.read_text().strip(), token_file.parent)
    start = time.monotonic()
    problems: list[str] = []
    for part in PARTS:
        try:
            problems += part.load(portal)
        except PortalError as error:
            problems.append(f"{part.__name__.rsplit('.', 1)[-1]}: {error}")
    portal.say(f"the demonstration took {time.monotonic() - start:.0f} s")
    for problem in problems:
        print(f"✗ {problem}", file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
