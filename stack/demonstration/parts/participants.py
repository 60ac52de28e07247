"""Officers of the dialogue with their roles, and citizens whose addresses are confirmed by the link of a letter."""

from __future__ import annotations

import csv
import io
import json

from stack.demonstration import mailbox
from stack.demonstration.cast import Cast, citizen, head, logins, people
from stack.demonstration.parts.officers import FILE, make_user
from stack.demonstration.portal import Portal, wait_until
from stack.secrets import write_private

# Seconds; the worker sends letters as soon as it has nothing older to do.
LETTERS = 90
COMPONENT = "dialog"


def load(portal: Portal) -> list[str]:
    path = portal.folder / FILE
    passwords: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    for login in logins():
        if make_user(portal, login, passwords):
            write_private(path, json.dumps(passwords, indent=1))
    granted = portal.call("officer_import", {"csv": roles()})["granted"]
    portal.say(f"{len(logins())} participants of the dialogue, {granted} roles granted")
    return confirm(Cast(portal))


def roles() -> str:
    """Who holds which role where, as the table that administrators import."""
    known = people()
    rows = [(head(agency), agency, "head") for agency in known["heads"]]
    for login, agencies in known["officers"].items():
        rows += [(login, agency, role) for agency in agencies for role in ("author", "publisher")]
        rows += [(known["moderator"], agency, "moderator") for agency in agencies]
    rows.append((known["supervisor"], known["heads"][-1], "supervisor"))
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(("user", "agency", "component", "role", "from", "until"))
    writer.writerows((login, agency, COMPONENT, role, "", "") for login, agency, role in rows)
    return out.getvalue()


def confirm(cast: Cast) -> list[str]:
    """Confirm the citizens' addresses: without that nobody may write an appeal.

    :returns: what did not work
    """
    before = mailbox.confirmations(cast.admin.folder)
    waiting: dict[str, str] = {}
    for key in people()["citizens"]:
        own = cast.of(citizen(key))
        shown = own.call("person_show")
        if not shown["email_confirmed"]:
            own.call("person_email_confirm")
            waiting[shown["email"]] = citizen(key)

    def open_links() -> bool:
        found = mailbox.confirmations(cast.admin.folder)
        for email in [one for one in waiting if found.get(one, before.get(one)) != before.get(one)]:
            cast.of(waiting.pop(email)).call("person_confirm", {"token": found[email]})
        return not waiting

    wait_until(open_links, LETTERS)
    return [f"{email}: no letter came that confirms the address" for email in waiting]
