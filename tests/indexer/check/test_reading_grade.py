from pathlib import Path

import pytest

from indexer.check.reading_grade import masker, reading_grade
from tests.written_corpus import lines_found, written_corpus


@pytest.mark.parametrize(
    ("text", "grade"),
    [
        ("", 0.0),
        # Flesch and Kincaid: 0.39 words a sentence + 11.8 syllables a word - 15.59
        ("The cat sat on the mat.", round(0.39 * 6 + 11.8 * 6 / 6 - 15.59, 1)),
        ("The doctor can help. A nurse can help too.", round(0.39 * 9 / 2 + 11.8 * 10 / 9 - 15.59, 1)),
        ("An overdose is an emergency.", round(0.39 * 5 + 11.8 * 10 / 5 - 15.59, 1)),
    ],
)
def test_the_grade_is_that_of_the_formula(text: str, grade: float) -> None:
    assert reading_grade(text) == pytest.approx(grade, abs=0.1)


def test_names_of_drugs_count_as_one_easy_word_and_helplines_as_they_are_read(tmp_path: Path) -> None:
    masked = masker(written_corpus(tmp_path).tables)
    assert masked("Leafs and GREEN TEA are teas.") == "drug and drug are drug."
    assert (
        masked("Call {helpline:us-911} or {helpline:us-tea}{helpline:none}.") == "Call 911 or drug line (call 800-555-0199 or text 83283)."
    )


def test_the_whole_and_each_passage_have_limits_of_their_own(tmp_path: Path) -> None:
    hard = "A particularly complicated formulation necessitates considerable concentration.[^TEABOOK]"
    found = lines_found(
        tmp_path, {"documents/drinks/tea.md": ("Green tea is hot.[^TEABOOK]", f"Green tea is hot.[^TEABOOK] {hard} {hard} {hard}")}
    )
    assert [line.partition(" reads at grade ")[0] for line in found if "grade" in line] == [
        "documents/drinks/tea.md:1: the document",
        "documents/drinks/tea.md:18: 'How hot is green tea?'",
    ]
