from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.chunking import Passage, split_passages, titles_of
from indexer.documents import Document, Section, lay_out
from indexer.readers.markdown import read_markdown
from indexer.sentences import split_sentences

SECTIONS = st.lists(st.tuples(st.integers(1, 4), st.lists(st.integers(1, 14), max_size=12)), min_size=1, max_size=4)


def document(markdown: str, title: str = "Tea") -> Document:
    layout = lay_out(read_markdown(markdown).drafts, title)
    return Document("tea", title, layout.text, layout.blocks, layout.sections)


def sentence(words: int) -> str:
    return " ".join(["Tea", *["is"] * (words - 1)]) + "."


def count_words(text: str) -> int:
    return len(text.split())


def sizes(passages: list[Passage], text: str) -> list[int]:
    return [count_words(text[passage.start : passage.end]) for passage in passages]


def test_titles_are_the_document_and_the_headings_above_joined_by_full_stops() -> None:
    read = document("# Sorts\n\n## Green\n\nTea is hot.")
    assert [titles_of(read, section) for section in read.sections] == ["Tea. Sorts", "Tea. Sorts. Green"]


def test_a_title_that_repeats_is_said_once() -> None:
    assert titles_of(document("One."), Section("s", "Tea", 0, 4, ("Sorts", "Tea"))) == "Tea. Sorts"


def test_a_short_section_is_one_passage_of_all_its_sentences() -> None:
    read = document("## Green\n\nTea is hot. It is wet.\n\n- kept dry\n")
    (passage,) = split_passages(read, 50, count_words)
    assert passage.section == read.sections[0]
    assert passage.sentences == tuple(split_sentences(read))
    assert read.text[passage.start : passage.end] == "Tea is hot. It is wet.\n\nkept dry"
    assert passage.titles == "Tea. Green"


def test_a_passage_never_runs_over_into_the_next_section() -> None:
    read = document("Tea is old.\n\n## Green\n\nGreen is hot.\n\n### Hot\n\n## Black\n\nBlack is hot.")
    passages = split_passages(read, 50, count_words)
    assert [(passage.section.id, read.text[passage.start : passage.end]) for passage in passages] == [
        ("introduction", "Tea is old."),
        ("green", "Green is hot."),
        ("black", "Black is hot."),
    ]


def test_a_document_of_headings_has_no_passages() -> None:
    assert split_passages(document("## Green\n\n## Black"), 50, count_words) == []


def test_titles_count_towards_the_budget() -> None:
    read = document("## Green\n\n" + " ".join([sentence(4)] * 4))
    assert sizes(split_passages(read, 18, count_words), read.text) == [16]
    assert sizes(split_passages(read, 17, count_words), read.text) == [8, 8]


def test_long_titles_leave_at_least_half_of_the_budget_to_the_sentences() -> None:
    read = document(" ".join([sentence(4)] * 4), title=" ".join(["Tea"] * 100))
    assert sizes(split_passages(read, 16, count_words), read.text) == [8, 8]


def test_a_section_too_long_for_one_passage_is_split_about_evenly() -> None:
    read = document(" ".join([sentence(3)] * 5))
    assert sizes(split_passages(read, 13, count_words), read.text) == [9, 6]


def test_a_sentence_longer_than_the_budget_is_a_passage_of_its_own() -> None:
    read = document(" ".join(sentence(words) for words in (2, 30, 2)))
    assert sizes(split_passages(read, 10, count_words), read.text) == [2, 30, 2]


def test_what_is_counted_is_the_sentence_as_quoted() -> None:
    counted: list[str] = []

    def count(text: str) -> int:
        counted.append(text)
        return 1

    split_passages(document("## Green\n\nTea is *hot*.[^A] It is wet."), 50, count)
    assert sorted(counted) == ["It is wet.", "Tea is hot.", "Tea. Green"]


@settings(deadline=None, max_examples=60)
@given(SECTIONS, st.integers(4, 40))
def test_each_sentence_is_in_one_passage_of_its_section_and_only_a_lone_one_exceeds_the_budget(
    sections: list[tuple[int, list[int]]], budget: int
) -> None:
    read = document("\n\n".join(f"{'#' * level} Green\n\n" + " ".join(map(sentence, words)) for level, words in sections))
    passages = split_passages(read, budget, count_words)
    assert [kept for passage in passages for kept in passage.sentences] == split_sentences(read)
    for passage, size in zip(passages, sizes(passages, read.text), strict=True):
        assert passage.section.start <= passage.start < passage.end <= passage.section.end
        assert len(passage.sentences) == 1 or size <= max(budget - count_words(passage.titles), budget // 2)
