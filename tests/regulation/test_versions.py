"""Two versions beside each other: what changed, and where the comments went."""

from __future__ import annotations

import datetime as dt
import io
import random
from collections import Counter
from dataclasses import replace
from time import perf_counter

import docx
import pytest
from ckanext.opengov.regulation.service.document import tree
from ckanext.opengov.regulation.service.document.reading import read
from ckanext.opengov.regulation.service.document.tree import Part
from ckanext.opengov.regulation.service.versions import files, redline, wording
from ckanext.opengov.regulation.service.versions.anchors import Anchor, Attaching
from ckanext.opengov.regulation.service.versions.comparing import compare
from ckanext.opengov.regulation.service.versions.matching import longest_rising
from docx.oxml.ns import qn
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from bench.act_texts import Writer, as_parts
from bench.redline import judged
from tests.regulation.samples import RU

words = st.lists(st.sampled_from(["срок", "пять", "дней,", "не", "более", "—", "қарау", "\n"]), max_size=25).map(
    " ".join
)


@settings(max_examples=200, deadline=None)
@given(words, words)
def test_a_comparison_of_words_holds_both_texts(old: str, new: str) -> None:
    segments = wording.compare(old, new)
    assert wording.old_text(segments) == old
    assert wording.new_text(segments) == new
    assert all(
        old[run.start : run.end] == new[run.place :][: run.end - run.start] for run in wording.kept_runs(old, new)
    )


def test_single_signs_between_changes_are_not_kept() -> None:
    segments = wording.compare("Срок 5 рабочих дней.", "Срок 10 календарных дней.")
    assert [(one.change, one.text) for one in segments] == [
        ("same", "Срок "),
        ("deleted", "5 рабочих"),
        ("inserted", "10 календарных"),
        ("same", " дней."),
    ]


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([0.0, 0.1, 0.5, 0.9]))
def test_each_part_of_both_versions_stands_once_in_a_redline(seed: int, share: float) -> None:
    writer = Writer(seed)
    act = writer.act(60)
    old, new = as_parts(act), as_parts(writer.edited(act, share))
    comparison = compare(old, new)
    assert Counter(row.old.eid for row in comparison.rows if row.old) == Counter(part.eid for part in tree.walk(old))
    assert [row.new.eid for row in comparison.rows if row.new] == [part.eid for part in tree.walk(new)]
    for row in comparison.rows:
        if row.old and row.new:
            assert (wording.old_text(row.text), wording.new_text(row.text)) == (row.old.text, row.new.text)
    if share == 0:
        assert comparison.is_same


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 50), max_size=30, unique=True))
def test_the_longest_rising_row_rises(values: list[int]) -> None:
    kept = [values[place] for place in sorted(longest_rising(values))]
    assert kept == sorted(kept)
    assert bool(kept) == bool(values)


def changed_act() -> tuple[tuple[Part, ...], tuple[Part, ...]]:
    """The sample act, and it with a new article before article 2, a word changed, a paragraph gone."""
    old = read(RU.encode(), "ru").document.parts
    text = RU.replace("жидкость", "жидкость или пар").replace("1. Закон действует на всей территории.\n", "")
    text = text.replace("Статья 2-1. Исключения", "Статья 3. Исключения").replace(
        "Статья 2. Сфера", "Статья 2-1. Сфера"
    )
    text = text.replace("Статья 2-1. Сфера", "Статья 2. Надзор\nНадзор ведёт аким.\nСтатья 2-1. Сфера")
    return old, read(text.encode(), "ru").document.parts


def test_a_redline_tells_new_changed_deleted_and_renumbered_parts() -> None:
    old, new = changed_act()
    lines = {line.where: line for line in redline.redline(old, new, "ru").lines}
    assert lines["Статья 2"].status == "new"
    assert lines["Статья 2-1"].status == "same"
    assert lines["Статья 2-1"].was == "Статья 2"
    assert lines["Статья 2, пункт 1"].status == "deleted"
    changed = lines["Статья 1, подпункт 1"]
    assert changed.status == "changed"
    assert [one.text for one in changed.text if one.change == "inserted"] == [" или пар"]
    shorter = redline.redline(old, new, "ru", changes_only=True)
    assert "Приложение 1, пункт 1" not in {line.where for line in shorter.lines}
    assert {line.eid for line in shorter.lines} >= {"sec_1", "sec_1__chp_1"}


def test_a_moved_part_is_told_with_the_place_that_it_came_from() -> None:
    writer = Writer(3)
    act = writer.act(60)
    old = as_parts(act)
    chapter, target = act[0], act[-1]
    target.children.append(chapter.children.pop(0))
    rows = compare(old, as_parts(act)).rows
    (moved,) = [row for row in rows if row.status == "moved"]
    assert moved.old is not None
    assert moved.old.eid.startswith("chp_1__art_1")
    assert moved.new is not None
    assert moved.new.eid.startswith(f"chp_{len(act)}__art_")


def test_a_thousand_parts_are_compared_in_time_even_when_all_moved_and_changed() -> None:
    # The hardest case: one flat row, every part reworded and out of its place.
    writer = Writer(11)
    texts = [" ".join(writer.sentence() for _ in range(3)) for _ in range(1_000)]
    old = tree.with_eids(Part("", "paragraph", str(number), "", text) for number, text in enumerate(texts, 1))
    reworded = [f"{text.split(' ', 5)[-1]} {writer.sentence()}" for text in texts[400:] + texts[:400]]
    new = tree.with_eids(Part("", "paragraph", str(number), "", text) for number, text in enumerate(reworded, 1))
    start = perf_counter()
    counts = redline.redline(old, new, "ru").counts
    assert perf_counter() - start < 6
    assert counts["deleted"] < 100


@pytest.mark.parametrize("share", [0.1, 0.3])
def test_random_edits_leave_98_of_100_comments_at_their_part_or_tell_so(share: float) -> None:
    found: Counter[str] = Counter()
    for seed in range(8):
        found += judged(seed, share, 150, parts=100)
    assert found["wrong"] <= 0.02 * sum(found.values())
    assert found["right"] >= 0.95 * sum(found.values())


def act_of(*texts: str) -> tuple[Part, ...]:
    return tree.with_eids(Part("", "paragraph", str(number), "", text) for number, text in enumerate(texts, 1))


LONG = "Каждый гражданин вправе бесплатно пользоваться колодцем общего пользования."
LAST = "Третий пункт говорит о расходах бюджета на содержание."


@pytest.mark.parametrize(
    ("new", "quote", "mark", "place"),
    [
        (act_of(LONG, "Второй пункт остаётся таким же."), "бесплатно пользоваться", "same", "para_1"),
        (act_of(f"Отныне так. {LONG}", "Второй пункт остаётся таким же."), "бесплатно пользоваться", "same", "para_1"),
        (act_of(LONG.replace("бесплатно", "платно"), "Второй пункт."), "бесплатно пользоваться", "changed", "para_1"),
        (act_of(LONG.replace("бесплатно пользоваться ", ""), "Второй."), "бесплатно пользоваться", "deleted", "para_1"),
        (act_of("Второй пункт остаётся таким же.", LAST, LONG), "бесплатно пользоваться", "moved", "para_3"),
        (act_of("Второй пункт остаётся таким же."), "бесплатно пользоваться", "deleted", None),
        (act_of(LONG, "Второй пункт."), "", "same", "para_1"),
        (act_of(f"{LONG} И всегда.", "Второй пункт."), "", "changed", "para_1"),
        (act_of("Совсем иное дело, Второй пункт.", f"Теперь: {LONG}"), LONG, "changed", "para_2"),
        (act_of(LONG.replace("бесплатно", "всегда бесплатно")), "бесплатно пользоваться", "changed", "para_1"),
        (act_of(LONG.replace("пользоваться", "пользоваться вволю")), "бесплатно пользоваться", "changed", "para_1"),
        (act_of(LONG.replace("Каждый", "Любой")), "бесплатно пользоваться", "same", "para_1"),
    ],
)
def test_a_comment_finds_its_place_in_the_new_version(
    new: tuple[Part, ...], quote: str, mark: str, place: str | None
) -> None:
    old = act_of(LONG, "Второй пункт остаётся таким же.", LAST)
    landing = Attaching(compare(old, new)).land(Anchor("para_1", quote, before="вправе "))
    assert (landing.mark, landing.eid) == (mark, place)
    part = tree.find(new, place) if place else None
    if part is not None and landing.start is not None and landing.is_text_same:
        assert part.text[landing.start : landing.end] == quote
    assert landing.is_text_same == (mark in {"same", "moved"})


def test_a_sentence_that_went_to_another_part_is_found_there() -> None:
    kept = "Вода принадлежит всем людям, и никто не может лишить их её ни в городе, ни в ауле, ни в пути."
    old = act_of(f"{kept} {LONG}", LAST)
    new = act_of(kept, f"{LAST} {LONG}")
    landing = Attaching(compare(old, new)).land(Anchor("para_1", LONG))
    assert (landing.mark, landing.eid, landing.is_sure) == ("moved", "para_2", False)


def test_of_equal_quotes_the_one_with_the_same_surroundings_is_meant() -> None:
    text = "Срок пять дней для малых дел; срок пять дней для больших дел."
    new = act_of("Срок пять дней для малых дел; срок десять дней для больших дел.")
    attaching = Attaching(compare(act_of(text), new))
    first = attaching.land(Anchor("para_1", "пять дней", before="Срок ", after=" для малых"))
    second = attaching.land(Anchor("para_1", "пять дней", before="срок ", after=" для больших"))
    assert (first.mark, second.mark) == ("same", "changed")
    third = attaching.land(Anchor("para_1", "пять дней", quote_start=text.rindex("пять")))
    assert third.mark == "changed"


def test_comments_on_the_whole_act_and_wrong_anchors_are_told() -> None:
    old, new = changed_act()
    attaching = Attaching(compare(old, new))
    assert attaching.land(Anchor("")).mark == "changed"
    assert Attaching(compare(old, old)).land(Anchor("")).mark == "same"
    assert not attaching.land(Anchor("art_99")).is_sure
    assert not attaching.land(Anchor("annex_1__para_1", "этого здесь нет")).is_sure
    gone = attaching.land(Anchor("sec_1__chp_1__art_2__para_1"))
    assert (gone.eid, gone.above) == (None, "sec_1__chp_1__art_2-1")


def test_the_files_of_a_redline_hold_both_versions() -> None:
    old, new = changed_act()
    lines = redline.redline(old, new, "ru")
    cover = files.Cover(
        title="О колодцах",
        versions="1 → 2",
        legend="Вычеркнуто — удалено.",
        statuses={status: str(text) for status, text in redline.STATUSES.items()},
        was="раньше: {place}",
        author="Агентство",
        language="ru",
        moment=dt.datetime.now(dt.UTC),
    )
    body = docx.Document(io.BytesIO(files.word(lines, cover))).element.body
    deleted = " ".join(one.text or "" for one in body.iter(qn("w:delText")))
    inserted = " ".join(text.text or "" for box in body.iter(qn("w:ins")) for text in box.iter(qn("w:t")))
    assert "Закон действует на всей территории." in deleted
    assert "Надзор ведёт аким." in inserted
    assert "или пар" in inserted
    pages = PdfReader(io.BytesIO(files.pdf(lines, cover))).pages
    text = " ".join(" ".join(page.extract_text() for page in pages).split())
    assert "раньше: Статья 2" in text
    assert "Надзор ведёт аким." in text


def test_order_of_siblings_is_found_for_a_shuffled_act() -> None:
    writer = Writer(5)
    chapters = writer.act(80)
    old = as_parts(chapters)
    shuffled = list(chapters)
    random.Random(1).shuffle(shuffled)
    counts = compare(old, as_parts(shuffled)).counts
    assert counts["deleted"] == counts["new"] == counts["changed"] == 0


def test_replaced_parts_are_deleted_and_new() -> None:
    writer = Writer(9)
    (first, *rest) = act_of(*(writer.sentence(20, 30) for _ in range(4)))
    other = replace(first, text="Өзге тіл мүлде басқа мәтін, ешбір сөзі сәйкес келмейді әрі ұзақ болады.")
    counts = compare((first, *rest), (other, *rest)).counts
    assert (counts["deleted"], counts["new"], counts["same"]) == (1, 1, 3)
