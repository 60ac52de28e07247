"""Budget programmes in every state, brought there by whoever does each step; reports, duties and audits."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import zlib
from collections.abc import Callable
from decimal import Decimal

from stack.demonstration.cast import Cast, citizen, people
from stack.demonstration.catalogue import read_yaml
from stack.demonstration.invented import person
from stack.demonstration.parts.officers import FILE, make_user
from stack.demonstration.portal import Fields, Portal
from stack.secrets import write_private

COMPONENT = "budget"
TYPE = "budget_programme"
YEARS = 3
ROLES = {
    "officer": ("author", "publisher", "head", "moderator"),
    "council": ("council_member",),
    "auditor": ("author", "publisher", "head"),
}
TODAY = dt.date.today


def plan() -> list[Fields]:
    """The programmes as they stand in the file."""
    return read_yaml("budget/programmes.yaml")


def officer(known: Fields, agency: str) -> str:
    """The account of the officer of an agency's budget."""
    return f"{known['officers']}-{agency}"


def name_of(one: Fields) -> str:
    """The address of a programme."""
    return f"programme-{one['key']}"


def load(portal: Portal) -> list[str]:
    known = read_yaml("budget/people.yaml")
    _people(portal, known)
    cast = Cast(portal)
    made = sum(Way(cast, one, known).go() for one in plan())
    reports = _reports(cast, known)
    audits = sum(_audit(cast, known, one) for one in read_yaml("budget/audits.yaml"))
    portal.say(f"{made} budget programmes, {reports} reports and {audits} audits were made")
    return []


def _people(portal: Portal, known: Fields) -> None:
    path = portal.folder / FILE
    passwords: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    reports = read_yaml("budget/reports.yaml")["reports"]
    places = sorted({one["agency"] for one in (*plan(), *reports)})
    held = [(officer(known, place), place, role) for place in places for role in ROLES["officer"]]
    held += [(known["council"], place, role) for place in places for role in ROLES["council"]]
    held += [(known["auditor"], known["auditing_body"], role) for role in ROLES["auditor"]]
    for login in dict.fromkeys(login for login, _, _ in held):
        if make_user(portal, login, passwords):
            write_private(path, json.dumps(passwords, indent=1))
    there = portal.call("officer_list", {"component": COMPONENT, "limit": 1000})["results"]
    rows = sorted(set(held) - {(one["user"], one["agency"], one["role"]) for one in there})
    if rows:
        out = io.StringIO()
        writer = csv.writer(out)
        writer.writerow(("user", "agency", "component", "role", "from", "until"))
        writer.writerows((login, place, COMPONENT, role, "", "") for login, place, role in rows)
        portal.call("officer_import", {"csv": out.getvalue()})


def passport(one: Fields) -> Fields:
    """The text of a programme with its numbers for three years."""
    years = list(range(one["first_year"], one["first_year"] + YEARS))
    return {
        "code": one["code"],
        "title": one["title"],
        "goal": one["goal"],
        "years": years,
        "scale": 1000,
        "responsible": {"name": person(one["key"]), "position": {"kk": "Департамент директоры", "ru": "Директор"}},
        "indicators": [
            {
                **{name: row[name] for name in ("title", "unit")},
                "targets": {str(year): str(row["base"] + row["step"] * place) for place, year in enumerate(years)},
            }
            for row in one["indicators"]
        ],
        "lines": [
            {
                **{name: row[name] for name in ("title", "code")},
                "amounts": {str(year): _amount(row, year) for year in years},
            }
            for row in one["lines"]
        ],
    }


def _amount(row: Fields, year: int) -> str:
    """Always the same for the same line and year."""
    sway = zlib.crc32(f"{row['code']}{year}".encode()) % 1200 - 300
    return f"{Decimal(row['base']) * (10_000 + sway) / 10_000:.1f}"


class Way:
    """One programme, taken from where it stands as far as its plan says."""

    def __init__(self, cast: Cast, one: Fields, known: Fields) -> None:
        self.one, self.known, self.name = one, known, name_of(one)
        self.admin, self.desk = cast.admin, cast.of(officer(known, one["agency"]))
        self.council, self.cast = cast.of(known["council"]), cast

    def go(self) -> bool:
        """Make it, or go on where an interrupted run stopped."""
        shown, target = self.desk.find("budget_programme_show", self.name), self.one["state"]
        if shown is None:
            shown = self._brought() if target == "reported" else self._drafted()
        elif shown["state"] == target:
            return False
        if target == "reported":
            self._reported(shown)
            return True
        while shown["state"] != target:
            NEXT[shown["state"]](self, shown)
            shown = self.desk.call("budget_programme_show", {"id": self.name})
        return True

    def _drafted(self) -> Fields:
        fields = {"owner_org": self.one["agency"], "name": self.name, **passport(self.one)}
        return self.desk.call("budget_programme_create", fields)

    def step(self, event: str, **more: object) -> Fields:
        return self.desk.call("budget_programme_transition", {"id": self.name, "event": event, **more})

    def opened(self, _shown: Fields) -> None:
        shown = self.step("open")
        # Two each: the portal lets nobody write more than a few in a minute.
        first = zlib.crc32(self.name.encode()) % 2
        made = [self._comment(shown, place) for place in (first, first + 2)]
        self.desk.call("comment_moderate", {"ids": [one["id"] for one in made], "state": "public"})

    def _comment(self, shown: Fields, place: int) -> Fields:
        rows = [*shown["lines"], *shown["indicators"]]
        who = people()["citizens"][(place + zlib.crc32(self.name.encode())) % len(people()["citizens"])]
        about = {"entity_type": TYPE, "entity_id": shown["id"]}
        anchor = {"anchor": rows[place]["anchor"]} if place < len(rows) else {}
        return self.cast.of(citizen(who)).call("comment_create", {**about, **anchor, **self.known["comments"][place]})

    def ended(self, _shown: Fields) -> None:
        """Withdrawn; or an administrator says that it was ended elsewhere: nobody waits for its term here."""
        if self.one["state"] == "withdrawn":
            self.step("withdraw", reason=self.known["withdrawn"])
            return
        fields = {"owner_org": self.one["agency"], "name": self.name, "state": "answering", **passport(self.one)}
        self.admin.call("budget_programme_import", fields)

    def answered(self, shown: Fields) -> None:
        """Every comment has its answer; in one programme a line is counted anew because of a comment."""
        known = []
        for anchor in ("", *(one["anchor"] for one in (*shown["indicators"], *shown["lines"]))):
            where = {"entity_type": TYPE, "entity_id": shown["id"], **({"anchor": anchor} if anchor else {})}
            for comment in self.desk.call("comment_list", where)["comments"]:
                known.append(comment["id"])
                if not comment["replies"]:
                    self._answer(where, comment)
        if self.one["state"] == "approved":
            self._changed(shown["passport"], known[0])
        self.step("pass_on")

    def _answer(self, where: Fields, comment: Fields) -> None:
        language = comment["language"]
        said = {"kind": "official", "parent_id": comment["id"], "language": language}
        self.desk.call("comment_create", {**where, **said, "text": self.known["answers"][language]})

    def _changed(self, text: Fields, comment: str) -> None:
        first, year = text["lines"][0], str(text["years"][0])
        first["amounts"][year] = f"{Decimal(first['amounts'][year]) * Decimal('0.95'):.1f}"
        because = {"source": "comments", "comments": [comment], "note": self.known["because"]}
        place = f"line:{first['id']}"
        self.desk.call("budget_programme_update", {"id": self.name, **text, "because": {place: because}})

    def judged(self, _shown: Fields) -> None:
        verdict = "for" if self.one["state"] == "approving" else "remarks"
        remark = {"anchor": "indicator:i1", "text": self.known["opinion"]["remark"]}
        votes = {"votes_for": 11, "votes_against": 2, "votes_abstained": 1}
        text = {"text": self.known["opinion"][verdict], "language": "kk", "held_on": TODAY().isoformat()}
        remarks = [remark] if verdict == "remarks" else []
        fields = {"id": self.name, "verdict": verdict, "remarks": remarks, **votes, **text}
        self.council.call("council_opinion_create", fields)

    def replied(self, _shown: Fields) -> None:
        self.step("reply", replies=[{"decision": "accepted", "text": self.known["opinion"]["reply"]}])

    def approved(self, _shown: Fields) -> None:
        self.step("approve", order_number="17-НҚ", order_date=TODAY().isoformat())

    def _brought(self) -> Fields:
        """Approved before this portal."""
        first = self.one["first_year"]
        before = {"discussed_from": f"{first - 1}-09-02", "discussed_until": f"{first - 1}-09-09", "state": "approved"}
        order = {"order_number": "112-НҚ", "order_date": f"{first - 1}-12-20"}
        fields = {"owner_org": self.one["agency"], "name": self.name, **passport(self.one), **before, **order}
        return self.admin.call("budget_programme_import", fields)

    def _reported(self, shown: Fields) -> None:
        """Reports of the years that are over."""
        there = {one["year"] for one in shown["reports"]}
        for place, year in enumerate(str(one) for one in shown["years"] if one < TODAY().year):
            if year not in there:
                share = (Decimal("0.93"), Decimal("1.02"))[place % 2]
                spent = {one["id"]: _part(one["amounts"][year], Decimal("0.98")) for one in shown["lines"]}
                reached = {one["id"]: _part(one["targets"][year], share) for one in shown["indicators"]}
                self.step("report", year=year, reached=reached, spent=spent, summary=self.known["summary"])


def _part(text: str, share: Decimal) -> Fields:
    return {"value": f"{Decimal(text) * share:.1f}"}


# State → what is done next.
NEXT: dict[str, Callable[[Way, Fields], None]] = {
    "draft": Way.opened,
    "discussion": Way.ended,
    "answering": Way.answered,
    "council": Way.judged,
    "replying": Way.replied,
    "approving": Way.approved,
}


def _reports(cast: Cast, known: Fields) -> int:
    """Duties, and the reports that came."""
    found, made = read_yaml("budget/reports.yaml"), 0
    for one in found["duties"]:
        cast.admin.call("budget_duty_assign", one)
    for one in found["reports"]:
        desk = cast.of(officer(known, one["agency"]))
        name = f"report-{one['agency']}-{one['kind']}-{one['level'] or 'all'}-{one['period']}".lower()
        if desk.find("budget_report_show", name):
            continue
        texts = {code: text.format(period=one["period"]) for code, text in found["titles"][one["kind"]].items()}
        fields = {**{key: one[key] for key in ("kind", "level", "period")}, "owner_org": one["agency"], "name": name}
        if "budget" in one and cast.admin.find("budget_show", one["budget"]):
            fields["budget"] = one["budget"]
        figures = {"scale": 1_000_000, "rows": [_row(row, one) for row in found["rows"]]}
        desk.call("budget_report_create", {**fields, "title": texts, "summary": found["summary"], "figures": figures})
        desk.call("budget_report_transition", {"id": name, "event": "publish"})
        made += 1
    return made


def _row(row: Fields, report: Fields) -> Fields:
    part = {4: Decimal(1), 7: Decimal(1) / (4 if "Q" in report["period"] else 12)}[len(report["period"])]
    part *= Decimal("0.3") if report["level"] == "local" else 1
    planned = row["base"] * part
    share = Decimal(900 + zlib.crc32(f"{row['code']}{report['period']}{report['agency']}".encode()) % 140) / 1000
    actual = {} if report["kind"] == "citizens" else {"actual": f"{planned * share:.1f}"}
    return {**{key: row[key] for key in ("title", "code", "direction")}, "planned": f"{planned:.1f}", **actual}


def _audit(cast: Cast, known: Fields, one: Fields) -> bool:
    """An audit with its findings, in the states in which the two sides bring them."""
    auditor, agency, name = cast.of(known["auditor"]), cast.of(officer(known, one["audited"])), f"audit-{one['key']}"
    if auditor.find("audit_result_show", name):
        return False
    fields = {key: one[key] for key in ("audited", "kind", "period_from", "period_until", "title")}
    auditor.call("audit_result_create", {**fields, "owner_org": known["auditing_body"], "name": name})
    for finding in one["findings"]:
        day = (TODAY() + dt.timedelta(days=finding["days"])).isoformat()
        said = {key: finding[key] for key in ("programme_code", "line_code", "violation", "amount", "object")}
        auditor.call("audit_finding_upsert", {"audit_id": name, **said, "deadline": day})
    if one["state"] == "published":
        auditor.call("audit_result_transition", {"id": name, "event": "publish"})
        for number, finding in enumerate(one["findings"], 1):
            _cure({"audit_id": name, "number": number}, finding, auditor, agency)
    return True


def _cure(where: Fields, finding: Fields, auditor: Portal, agency: Portal) -> None:
    state, amount = finding["state"], finding["amount"]
    proof = {"evidence": [{"title": "Төлем тапсырмасы (ойдан шығарылған)"}]}
    if state == "disputed":
        agency.call("audit_finding_upsert", {**where, "state": state, "note": "Жылдамдық өлшеу әдісі келісілмеген."})
    elif state in ("curing", "cured"):
        half = amount if state == "cured" else f"{Decimal(amount) / 2:.2f}"
        agency.call("audit_finding_upsert", {**where, "state": "curing", "cured_amount": half, **proof})
    if state == "cured":
        auditor.call("audit_finding_upsert", {**where, "state": state, "cured_amount": amount})
