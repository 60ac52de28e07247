"""Similar texts are found, different ones kept apart; groups follow what happens to their comments."""

from __future__ import annotations

import random

import ckan.model as model
import pytest
import sqlalchemy as sa
from ckanext.opengov.civic.model.discussion import Comment, CommentBand, CommentCluster
from ckanext.opengov.civic.service.discussion import clusters, similarity

from tests.civic.discussion_component import TOPIC, ForumPlugin, act, officer, person, with_forum, write

LETTER = (
    "Я против строительства торгового центра на месте сквера у школы. Сквер нужен детям и старикам, "
    "а магазинов в районе и так двадцать. Прошу отклонить проект и провести слушания ещё раз."
)
OTHER = (
    "Жол жөндеу жұмыстары кешігіп жатыр, автобус бекеттері жабық тұр. "
    "Кестені жариялап, тұрғындарға уақытша жолды көрсетуіңізді сұраймын."
)


def jaccard(one: str, other: str) -> float:
    first, second = similarity.shingles(one), similarity.shingles(other)
    return len(first & second) / len(first | second)


def changed(text: str, share: float, seed: int) -> str:
    chance = random.Random(seed)
    letters = list(text)
    for place in chance.sample(range(len(letters)), int(len(letters) * share)):
        letters[place] = chance.choice("абвгдежзийклмнопрстуфхцчшщъыьэюя")
    return "".join(letters)


def test_case_and_spacing_do_not_count() -> None:
    assert similarity.shingles("Нет  дороге\n") == similarity.shingles("нет дороге")
    assert similarity.signature("Нет  ДОРОГЕ") == similarity.signature("нет дороге")


def test_the_estimate_is_close_to_the_true_similarity() -> None:
    errors = []
    for seed in range(200):
        other = changed(LETTER, 0.002 * (seed % 20), seed)
        errors.append(
            similarity.likeness(similarity.signature(LETTER), similarity.signature(other)) - jaccard(LETTER, other)
        )
    # The standard deviation of an estimate from 126 values is at most 0.045.
    assert abs(sum(errors) / len(errors)) < 0.02
    assert max(map(abs, errors)) < 0.17


def test_texts_above_the_threshold_share_a_band() -> None:
    base = set(similarity.bands("t", similarity.signature(LETTER)))
    pairs = [
        text for seed in range(400) if jaccard(LETTER, text := changed(LETTER, 0.02, seed)) >= similarity.THRESHOLD
    ]
    found = [text for text in pairs if base & set(similarity.bands("t", similarity.signature(text)))]
    assert len(pairs) > 100
    assert len(found) >= 0.99 * len(pairs)


def test_threads_have_nothing_in_common() -> None:
    mark = similarity.signature(LETTER)
    assert not set(similarity.bands("one", mark)) & set(similarity.bands("other", mark))


def test_a_stored_signature_is_read_the_same_by_every_version() -> None:
    # A change here makes every stored signature worthless: see SCHEME and SEED.
    import hashlib

    assert hashlib.sha256(similarity.signature(LETTER)).hexdigest()[:16] == "8f3b23807d1710a5"


@pytest.mark.parametrize("text", ["", "a", "Да", "abcd", "🙂🙂"])
def test_the_shortest_texts_have_a_signature(text: str) -> None:
    assert similarity.likeness(similarity.signature(text), similarity.signature(text)) == 1.0


@with_forum
@pytest.mark.usefixtures("clean_portal")
class TestGroups:
    @pytest.fixture(autouse=True)
    def _fresh_forum(self) -> None:
        ForumPlugin.forget()

    def listed(self, **data: object) -> list[dict[str, object]]:
        return act("comment_list", None, **{"entity_type": TOPIC, "entity_id": "1", **data})["comments"]

    def test_near_duplicates_stand_in_one_group_and_are_all_kept(self) -> None:
        for ending in ("", " Айгүл.", " С уважением, жители.", " !!!"):
            write(person(), LETTER + ending)
        write(person(), OTHER)
        found = self.listed()
        assert len(found) == 5
        assert [one["cluster"]["similar"] for one in found] == [0, 3, 3, 3, 3]  # type: ignore[index]
        (group,) = act("comment_cluster_list", None, entity_type=TOPIC, entity_id="1")["clusters"]
        assert (group["comments"], group["example"]["text"]) == (4, LETTER)
        assert len(self.listed(cluster_id=group["id"])) == 4

    def test_grouped_shows_one_for_each_group(self) -> None:
        first = write(person(), LETTER)
        write(person(), LETTER)
        other = write(person(), OTHER)
        assert [one["id"] for one in self.listed(grouped=True)] == [other["id"], first["id"]]

    def test_when_the_one_that_stands_for_a_group_is_hidden_the_next_does(self) -> None:
        first, second = write(person(), LETTER), write(person(), LETTER)
        act("comment_moderate", officer(), ids=[first["id"]], state="hidden", reason="off_topic")
        assert [one["id"] for one in self.listed(grouped=True)] == [second["id"]]
        assert len(self.listed()) == 2

    def test_a_changed_text_changes_its_group(self) -> None:
        author = person()
        write(person(), LETTER)
        made = write(author, LETTER)
        changed_ = act("comment_update", author, id=made["id"], text=OTHER)
        assert changed_["cluster"]["similar"] == 0
        assert [one["cluster"]["similar"] for one in self.listed()] == [0, 0]  # type: ignore[index]

    def test_the_same_letter_on_two_entities_makes_two_groups(self) -> None:
        one, other = write(person(), LETTER), write(person(), LETTER, entity="2")
        assert one["cluster"]["id"] != other["cluster"]["id"]
        assert self.listed(cluster_id=other["cluster"]["id"]) == []

    def test_the_index_grows_by_different_texts_not_by_comments(self) -> None:
        for _ in range(5):
            write(person(), LETTER)
        bands = model.Session.scalar(sa.select(sa.func.count()).select_from(CommentBand))
        assert bands == similarity.BANDS

    def test_imported_comments_are_grouped_afterwards_as_they_would_have_been(self) -> None:
        for ending in ("", " Айгүл.", " Спасибо."):
            write(person(), LETTER + ending)
        thread = write(person(), OTHER)["thread_id"]
        before = [one["cluster"]["similar"] for one in self.listed()]  # type: ignore[index]
        model.Session.execute(sa.update(Comment).values(cluster_id=None, stands_for_group=False))
        for table in (CommentBand, CommentCluster):
            model.Session.execute(sa.delete(table))
        model.Session.commit()
        assert clusters.group_ungrouped(thread) == 4
        assert [one["cluster"]["similar"] for one in self.listed()] == before  # type: ignore[index]
        assert len(self.listed(grouped=True)) == 2
