"""Original values that must not get out: made up with right check digits, and planted wherever citizens write."""

from __future__ import annotations

import base64
import html
import random
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import unquote

import ckan.model as model
from ckanext.opengov.civic.identifiers import check_digit
from ckanext.opengov.civic.roles import Role
from ckanext.opengov.civic.service import officers

from tests.civic import discussion_component as forum
from tests.civic.test_privacy_files import docx, paragraph
from tests.dialog import appeals, conference_ground, poll_ground
from tests.dialog.appeals import act
from tests.regulation import ground as acts

_GAPS = re.compile(r"[\s\-\u00a0()+]+")
_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")
# What is shorter than this may stand in a page by chance once its gaps are gone.
_LONG = 10


@dataclass(frozen=True)
class Canary:
    """One original value at one place."""

    place: str
    kind: str
    value: str

    @property
    def needles(self) -> tuple[str, ...]:
        """What gives the value away: as it was written, and for long numbers without gaps."""
        compact = _GAPS.sub("", self.value)
        is_number = self.kind in {"iin", "phone", "card", "iban"}
        return (self.value, compact[-_LONG:] if self.kind == "phone" else compact) if is_number else (self.value,)


def iin(chance: random.Random) -> str:
    """A person's number with a right check digit, of a day of birth in this century."""
    while True:
        eleven = f"0{chance.randint(1, 9)}0{chance.randint(1, 9)}1{chance.randint(0, 9)}5{chance.randint(0, 9999):04}"
        if (digit := check_digit(eleven)) is not None:
            return f"{eleven}{digit}"


def card(chance: random.Random) -> str:
    """Sixteen digits that Luhn's sum finds right, in groups of four."""
    fifteen = f"4400{chance.randint(0, 10**11 - 1):011}"
    doubled = (int(one) * (2 - place % 2) for place, one in enumerate(fifteen))
    total = sum(one - 9 if one > 9 else one for one in doubled)
    whole = f"{fifteen}{-total % 10}"
    return " ".join(whole[start : start + 4] for start in range(0, 16, 4))


def iban(chance: random.Random) -> str:
    """A Kazakh account number whose remainder by 97 is right."""
    account = f"125KZT{chance.randint(0, 10**10 - 1):010}"
    number = int("".join(str(int(one, 36)) for one in f"{account}KZ00"))
    return f"KZ{98 - number % 97:02}{account}"


def plant(place: str) -> dict[str, Canary]:
    """One value of each kind, no two places alike."""
    chance = random.Random(place)
    letters = "".join(chance.choices("BCDEFHK", k=3))
    values = {
        "iin": iin(chance),
        "phone": f"+7 701 {chance.randint(200, 999)} {chance.randint(10, 99)} {chance.randint(10, 99)}",
        "email": f"kanareika{chance.randint(10**5, 10**6)}@mail.example.kz",
        "card": card(chance),
        "iban": iban(chance),
        "vehicle": f"{chance.randint(100, 999)} {letters} 02",
        "address": f"ул. Абая, д. {chance.randint(100, 199)}, кв. {chance.randint(200, 999)}",
    }
    return {kind: Canary(place, kind, value) for kind, value in values.items()}


def sentence(canaries: Mapping[str, Canary]) -> str:
    """A text as a citizen would write it."""
    said = {kind: one.value for kind, one in canaries.items()}
    return (
        f"Мой ИИН {said['iin']}, телефон {said['phone']}, почта {said['email']}. Карта {said['card']}, "
        f"счёт {said['iban']}. Машина с номером {said['vehicle']} стоит у дома: {said['address']}. Помогите."
    )


@lru_cache(maxsize=32)
def _any(needles: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, needles)))


def readings(text: str) -> Iterator[str]:
    """A text as it stands, and with what pages, addresses and JSON write otherwise written plainly."""
    plain = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
    plain = unquote(html.unescape(plain))
    yield text
    yield plain
    yield _GAPS.sub("", plain)


def leaks(text: str, canaries: list[Canary]) -> list[Canary]:
    """The canaries that are in a text."""
    read = list(readings(text))
    one_pass = _any(tuple(needle for one in canaries for needle in one.needles))
    if not any(one_pass.search(way) for way in read):
        return []
    return [one for one in canaries if any(needle in way for needle in one.needles for way in read)]


@dataclass
class World:
    """The planted portal: what was written, and by whom."""

    canaries: list[Canary] = field(default_factory=list)
    ids: dict[str, str] = field(default_factory=dict)
    people: dict[str, str] = field(default_factory=dict)
    paths: list[str] = field(default_factory=list)
    # Whose letters may say it: the authors' own.
    authors: set[str] = field(default_factory=set)

    def text(self, place: str) -> str:
        """Plant at a place; the text to write there."""
        made = plant(place)
        self.canaries += made.values()
        return sentence(made)

    def at(self, place: str) -> list[Canary]:
        return [one for one in self.canaries if one.place == place]

    def author(self) -> str:
        name = appeals.citizen()
        self.authors.add(poll_ground.account(name).email or "")
        return name


def _file(name: str, content: bytes) -> dict[str, str]:
    return {"name": name, "content": base64.b64encode(content).decode()}


def planted() -> World:
    """A portal with canaries in an appeal and its files, a comment, a remark on a draft act, a conference, a poll and
    the helpdesk.
    """
    world = World()
    agency = appeals.agency(name="canaries")
    world.ids["agency"] = agency
    roles = {"clerk": Role.AUTHOR, "head": Role.HEAD, "moderator": Role.MODERATOR, "methodologist": Role.METHODOLOGIST}
    world.people = {name: appeals.officer(agency, role) for name, role in roles.items()}
    world.people |= {"stranger": appeals.citizen(), "other_head": appeals.officer(appeals.agency(), Role.HEAD)}
    _follow(world, agency)
    for part in (_appeal, _comment, _remark, _conference, _poll, _helpdesk):
        part(world, agency)
    appeals.work()
    return world


def _follow(world: World, agency: str) -> None:
    for kind, value in (("agency", agency), ("component", "dialog"), ("place", "710000000")):
        act("subscription_create", world.people["stranger"], target_kind=kind, target_value=value)


def _appeal(world: World, agency: str) -> None:
    author, people = world.author(), world.people
    document = docx(paragraph(world.text("appeal docx")), header1=paragraph(world.text("appeal docx header")))
    note = world.text("appeal txt")
    name = plant("appeal file name")
    world.canaries.append(name["phone"])
    files = [_file("letter.docx", document), _file(f"{name['phone'].value}.txt", note.encode())]
    subject = plant("appeal subject")
    world.canaries += [subject["iin"], subject["phone"]]
    title = f"Пособие для {subject['iin'].value}, телефон {subject['phone'].value}"
    made = appeals.write(author, agency, subject=title, text=world.text("appeal text"), attachments=files)
    number = made["number"]
    world.ids |= {"appeal": made["id"], "number": number}
    world.people["appeal author"] = author
    act("appeal_moderate", people["moderator"], number=number, decision="accept")
    act("appeal_take", people["clerk"], number=number)
    act("appeal_ask", people["clerk"], number=number, question=world.text("appeal question"))
    act("appeal_clarify", author, number=number, text=world.text("appeal clarification"))
    act("appeal_answer", people["head"], number=number, text=f"Сделано. {world.text('appeal answer')}")
    act("appeal_rate", author, number=number, solved=True, speed=5, comment=world.text("rating comment"))
    act("draft_save", author, form_key="appeal-new", data={"text": [world.text("draft")]}, title="Черновик")
    world.paths += ["/dialog", f"/appeal/{number}", "/appeal/"]


def _comment(world: World, _agency: str) -> None:
    author = world.people["comment author"] = world.author()
    moderator = world.people["comment moderator"] = forum.officer()
    forum.ForumPlugin.forget()
    forum.ForumPlugin.competent.add((poll_ground.account(moderator).id, "1"))
    files = [_file("note.txt", world.text("comment file").encode())]
    made = forum.write(author, world.text("comment"), attachments=files, author_name="Сосед")
    act("comment_update", author, id=made["id"], text=world.text("changed comment"))
    reply = forum.write(world.author(), world.text("reply"), parent_id=made["id"])
    world.ids |= {"comment": made["id"], "reply": reply["id"], "thread": made["thread_id"], "topic": "1"}
    exports = [f"/discussion/{made['thread_id']}/export.{form}" for form in ("csv", "json")]
    world.paths += ["/example/topic/1", f"/discussion/comment/{made['id']}", *exports]


def _remark(world: World, _agency: str) -> None:
    shown = acts.opened()
    words, wording = world.text("remark"), world.text("wanted wording")
    said = acts.say(world.author(), shown, words=words, kind="proposal", wording=wording)
    acts.publish(said["id"])
    world.ids["remark"] = said["id"]
    place = f"/draft-act/{shown['number']}"
    comment = f"{place}/comment/{said['id']}"
    world.paths += ["/draft-acts", place, f"{place}/part/art_2", f"{place}/discussion", comment]


def _conference(world: World, agency: str) -> None:
    people = world.people
    draft = conference_ground.draft(agency, people["head"])
    ground = conference_ground.Ground({"id": agency}, draft, people["head"], people["moderator"]).to("collecting")
    author = people["question author"] = world.author()
    asked = ground.admitted(author, world.text("conference question"))
    ground.to("live").answer(asked)
    ground.to("published")
    world.ids |= {"conference": draft["id"], "question": asked["id"]}
    place = f"/conference/{draft['name']}"
    world.paths += [place, *(f"{place}/transcript{form}" for form in ("", ".xml", ".pdf"))]


def _poll(world: World, _agency: str) -> None:
    poll = poll_ground.opened(asked=(poll_ground.TEXT,))
    (asked,) = poll_ground.ids(poll)
    act("poll_vote", world.author(), id=poll["id"], choices={asked: world.text("poll text")})
    package = act("package_show", None, id=poll["id"])
    moderator = poll_ground.officer(package["owner_org"], Role.MODERATOR)
    waiting = act("poll_text_list", moderator, id=poll["id"])
    act("poll_text_moderate", moderator, id=poll["id"], ids=[one["id"] for one in waiting], state="public")
    poll_ground.close(poll)
    world.ids["poll"] = poll["id"]
    place = f"/poll/{package['name']}"
    world.paths += [place, f"{place}/recount.ndjson", f"{place}/results.csv", f"{place}/results.json"]


def _helpdesk(world: World, agency: str) -> None:
    asking = world.people["helpdesk author"] = world.author()
    user = poll_ground.account(asking).id
    officers.grant([officers.Grant(user, agency, "dialog", Role.AUTHOR, officers.today())], actor=user)
    model.Session.commit()
    made = act("helpdesk_question_create", asking, question=world.text("helpdesk question"), language="ru")
    answer = {"id": made["id"], "answer": "Откройте карточку.", "public": True}
    act("helpdesk_question_answer", world.people["methodologist"], **answer)
    world.ids["helpdesk"] = str(made["id"])
    world.paths += ["/helpdesk", f"/helpdesk/{made['id']}"]
