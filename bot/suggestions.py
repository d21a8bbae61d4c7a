"""Questions to ask next: titles of sections that were checked to be answered when they are asked."""

from collections.abc import Collection, Iterable, Iterator

from bot.reply import Replier

_LOOKED_AT = 20  # passages
_MOST_ASKED = 10_000  # sections; asking them takes minutes


def answered_titles(replier: Replier, titles: Iterable[str]) -> Iterator[str]:
    """Those that are questions and are answered, each once."""
    return (title for title in dict.fromkeys(titles) if title.endswith("?") and replier.answers(title))


def all_answered(replier: Replier) -> tuple[str, ...] | None:
    """Those of an index that are answered; None where there are too many to ask."""
    titles = replier.finder.index.store.section_titles()
    return tuple(answered_titles(replier, titles.values())) if len(titles) <= _MOST_ASKED else None


def titles_near(replier: Replier, question: str, properties: Collection[str] = ()) -> Iterator[tuple[str, frozenset[str]]]:
    """The nearest to a question, that ask one of some properties where there are any, with the drugs they are about."""
    nearest = [found.passage.section.title for found in replier.finder.passages(question, _LOOKED_AT)]
    facets = replier.finder.facets
    fitting = [title for title in nearest if not properties or facets.properties(title) & set(properties)]
    return ((title, facets.drugs(title)) for title in answered_titles(replier, fitting))


def titles_of_drugs(replier: Replier, drugs: Iterable[str]) -> Iterator[tuple[str, frozenset[str]]]:
    """For each drug the title that is nearest to asking what it is, with the drug."""
    for drug in dict.fromkeys(drugs):
        title = next((title for title, about in titles_near(replier, f"what is {drug}") if drug in about), None)
        if title:
            yield title, frozenset({drug})
