"""Texts in three languages, as rules."""

from __future__ import annotations

import re

from ckanext.opengov.data.service import translated
from hypothesis import given
from hypothesis import strategies as st

texts = st.dictionaries(st.sampled_from(translated.LANGUAGES), st.text(max_size=20))
tags = st.dictionaries(st.sampled_from(translated.LANGUAGES), st.lists(st.text(min_size=1, max_size=8), max_size=4))


@given(texts)
def test_the_leading_text_is_the_first_that_is_not_blank(given_texts):
    filled = [given_texts[code] for code in translated.LANGUAGES if given_texts.get(code, "").strip()]
    assert translated.lead(given_texts) == (filled[0] if filled else None)


@given(texts, st.sampled_from(translated.LANGUAGES))
def test_a_reader_gets_the_own_language_if_there_is_one(given_texts, reader):
    text, code = translated.choose(given_texts, reader)
    if given_texts.get(reader, "").strip():
        assert (text, code) == (given_texts[reader], reader)
    else:
        assert text == translated.lead(given_texts)


@given(tags)
def test_each_keyword_stands_once_among_all(given_tags):
    everything = translated.all_tags(given_tags)
    assert len(everything) == len(set(everything))
    assert set(everything) == {word for words in given_tags.values() for word in words}


@given(tags, st.lists(st.text(min_size=1, max_size=8), max_size=5, unique=True))
def test_changed_keywords_are_exactly_the_new_ones(given_tags, names):
    assert set(translated.all_tags(translated.with_changed_tags(given_tags, names))) == set(names)


@given(st.text(max_size=300))
def test_an_address_is_short_and_latin(text):
    assert re.fullmatch(r"|[a-z0-9][a-z0-9-]{0,78}[a-z0-9]", translated.slug(text))


def test_kazakh_letters_become_latin_ones():
    assert translated.slug("Ұлытау облысының өңірлері") == "ulytau-oblysynyn-onirleri"


def test_a_name_without_letters_gets_an_address_all_the_same():
    assert translated.free_slug("!!!", {"page"}.__contains__) == "page-2"


def test_kazakh_titles_are_sorted_by_the_kazakh_alphabet():
    titles = ["Ыстық", "Яссы", "Әкім", "Абай", "Үй", "Бала", "Іс"]
    assert sorted(titles, key=translated.sort_key) == ["Абай", "Әкім", "Бала", "Үй", "Ыстық", "Іс", "Яссы"]
