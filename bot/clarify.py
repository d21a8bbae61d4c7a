"""When two readings of a question lead to different answers and nothing decides: the questions to choose between."""

from collections.abc import Iterable

from bot.finder import Found
from bot.follow_up import Standalone, content_words, points_back
from bot.reply import Replier
from bot.suggestions import titles_near, titles_of_drugs
from indexer.documents import plain

_CHOICES = 4
_FEWEST = 2  # readings
_FEW_WORDS = 3  # besides what is asked; more of them say what is meant
_NEAR = 0.5  # cosine of the nearest title; farther off, it is not about drugs
# Words that say nothing of which drug is meant: they link, or are said of any.
_GENERAL = frozenset(
    """
    about bad better common compare diff difference effect effects first hows kind list long mean means mix mixed mixing short sign signs
    sucks symptom symptoms term timeline two type usual usually what worse
    """.split()
)


def readings(replier: Replier, found: Found, asked: Standalone) -> tuple[str, ...]:
    """The questions of which one may be meant; none where the question says which."""
    if asked.choices or found.fit.asked.drugs or asked.is_joined:
        return asked.choices
    meant = replier.finder.names.meanings(asked.question)
    if meant and not content_words(asked.question, meant):
        return _distinct(titles_of_drugs(replier, (drug.name for drug in meant)), fewest=1)
    if found.features.key >= _NEAR and _says_no_drug(asked.question, found):
        return _distinct(titles_near(replier, asked.question, {one.name for one in found.fit.asked.properties}), fewest=_FEWEST)
    return ()


def _says_no_drug(question: str, found: Found) -> bool:
    """Whether a question that names no drug needs one: it asks what each drug has an answer of its own to, or only points to one."""
    words = plain(question)
    for one in found.fit.asked.properties:
        words = one.asked.sub(" ", words)
    left = [word for word in content_words(words, ()) if word not in _GENERAL]
    if any(one.of_drug for one in found.fit.asked.properties):
        return found.fit.asked.shape != "definition" and len(left) <= (_FEW_WORDS if points_back(question) else 0)
    return points_back(question) and not left


def _distinct(titles: Iterable[tuple[str, frozenset[str]]], fewest: int) -> tuple[str, ...]:
    """The first title for each drug; none where all are about the same."""
    chosen: dict[frozenset[str], str] = {}
    for title, about in titles:
        if about and not any(about & other for other in chosen):
            chosen[about] = title
            if len(chosen) == _CHOICES:
                break
    return tuple(chosen.values()) if len(chosen) >= fewest else ()
