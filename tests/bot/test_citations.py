import pytest

from bot.citations import cite, passage_url, source_ids
from bot.errors import CitationError
from bot.extractive import ChosenSentence
from indexer.documents import Mark, Section
from indexer.index import Index
from indexer.store import StoredDocument, StoredPassage, StoredSentence

TEXT = "Heading\n\nTea is a drink. It is drunk hot.\n\nGreen | 80 degrees"
SECTION = Section("heading", "Heading", 0, len(TEXT))


def passage(url: str | None = None, marks: tuple[Mark, ...] = (), name: str = "tea") -> StoredPassage:
    document = StoredDocument(0, name, "Tea", TEXT, url, None, None, None, None, marks, ())
    return StoredPassage(0, 0, SECTION, document, 9, len(TEXT), "Tea. Heading", ())


def test_a_span_is_opened_on_the_documents_own_page() -> None:
    assert passage_url(passage(), 9, 24) == "/documents/tea#heading:~:text=Tea%20is%20a%20drink."


def test_a_document_from_elsewhere_is_opened_there() -> None:
    assert passage_url(passage("https://tea.example/page#top"), 9, 24) == "https://tea.example/page#top:~:text=Tea%20is%20a%20drink."


def test_a_table_row_is_marked_from_its_first_cell_to_its_last() -> None:
    start = TEXT.index("Green")
    assert passage_url(passage(), start, len(TEXT)) == "/documents/tea#heading:~:text=Green,80%20degrees"


def test_signs_with_a_meaning_in_text_fragments_are_escaped() -> None:
    text = "Half-life, about 11 & more"
    document = StoredDocument(0, "x y/z", "T", text, None, None, None, None, None, (), ())
    odd = StoredPassage(0, 0, Section("s", "S", 0, len(text)), document, 0, len(text), "T", ())
    assert passage_url(odd, 0, len(text)) == "/documents/x%20y/z#s:~:text=Half%2Dlife%2C%20about%2011%20%26%20more"


def test_long_spans_are_marked_by_their_edges() -> None:
    text = " ".join(f"word{number}" for number in range(60))
    document = StoredDocument(0, "d", "T", text, None, None, None, None, None, (), ())
    long = StoredPassage(0, 0, Section("s", "S", 0, len(text)), document, 0, len(text), "T", ())
    fragment = passage_url(long, 0, len(text)).split(":~:text=")[1]
    assert fragment == "word0%20word1%20word2%20word3%20word4,word55%20word56%20word57%20word58%20word59"


def test_a_sentence_is_given_its_own_sources() -> None:
    marks = (Mark(24, ("A", "B")), Mark(42, ("C",)))
    assert source_ids(passage(marks=marks).document, SECTION, 9, 24) == ("A", "B")
    assert source_ids(passage(marks=marks).document, SECTION, 25, 42) == ("C",)


def test_a_sentence_without_marks_inherits_those_of_its_section() -> None:
    assert source_ids(passage(marks=(Mark(24, ("A",)), Mark(30, ("A", "D")))).document, SECTION, 44, 60) == ("A", "D")


@pytest.mark.model
@pytest.mark.parametrize(("start", "end", "text"), [(9, 24, "Tea is a drunk."), (10, 25, "Tea is a drink."), (0, len(TEXT) + 9, TEXT)])
def test_a_quotation_that_is_not_there_is_never_cited(mixed_index: Index, start: int, end: int, text: str) -> None:
    wrong = StoredSentence(0, start, end, "paragraph", text)
    with pytest.raises(CitationError, match="a quotation is not where tea says it is"):
        cite(mixed_index, [ChosenSentence(wrong, passage(), 1.0)])


def test_an_address_without_a_fragment_gets_one() -> None:
    assert passage_url(passage("https://tea.example/page"), 9, 24) == "https://tea.example/page#:~:text=Tea%20is%20a%20drink."


def test_few_long_words_are_marked_whole_as_their_edges_would_overlap() -> None:
    text = " ".join("x" * 40 + str(number) for number in range(7))
    document = StoredDocument(0, "d", "T", text, None, None, None, None, None, (), ())
    long = StoredPassage(0, 0, Section("s", "S", 0, len(text)), document, 0, len(text), "T", ())
    assert passage_url(long, 0, len(text)).endswith(text.replace(" ", "%20"))
