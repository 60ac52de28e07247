"""The end of the polls: once the clock has closed them, the agencies say what they do with the results."""

from __future__ import annotations

from stack.demonstration.parts import polls
from stack.demonstration.portal import Portal, wait_until

# The voting itself, and what the portal's clock takes to write down that it is over.
PATIENCE = polls.VOTING.seconds + 90


def load(portal: Portal) -> list[str]:
    names = [poll["name"] for poll in polls.plan() if "conclusion" in poll]

    def counted() -> bool:
        return all(portal.call("poll_results", {"id": name})["final"] for name in names)

    if not wait_until(counted, PATIENCE, pause=3):
        return ["polls: the clock did not close them in time; ./opengov seed concludes them"]
    problems = polls.conclude(portal)
    portal.say(f"{len(names) - len(problems)} polls concluded")
    return problems
