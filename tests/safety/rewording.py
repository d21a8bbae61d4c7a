"""The same message as somebody else would type it: rewordings made by rule, so that recognition can be measured on them too."""

import random
import re
from collections.abc import Callable, Mapping
from zlib import crc32

_LONG_ENOUGH = 4  # letters of a word that gets a slip
_SLIPS = 0.2  # of the words
_STREET = {
    "alprazolam": "xannies",
    "xanax": "zans",
    "oxycodone": "roxies",
    "oxycontin": "oxys",
    "percocet": "perkys",
    "fentanyl": "fetty",
    "heroin": "smack",
    "ketamine": "ket",
    "suboxone": "subs",
    "methadone": "done",
    "clonazepam": "k-pins",
    "klonopin": "k-pins",
    "diazepam": "vallies",
    "valium": "vallies",
    "hydrocodone": "hydros",
    "benzodiazepine": "benzo",
    "opioids": "painkillers",
    "naloxone": "narcan",
    "friend": "homie",
    "boyfriend": "bf",
    "girlfriend": "gf",
    "please": "pls",
    "because": "bc",
    "you": "u",
    "are": "r",
    "to": "2",
    "something": "smth",
    "right now": "rn",
}
_THIRD = {
    "i'm": "my cousin is",
    "im": "my cousin is",
    "i am": "my cousin is",
    "i've": "my cousin has",
    "ive": "my cousin has",
    "i'll": "my cousin will",
    "i'd": "my cousin would",
    "i": "my cousin",
    "me": "my cousin",
    "my": "my cousin's",
    "myself": "himself",
    "mine": "my cousin's",
}


def with_slips(message: str) -> str:
    """A fifth of the longer words with two letters swapped, one left out or one twice; the same slips each time."""
    chance = random.Random(crc32(message.encode()))

    def slip(word: re.Match[str]) -> str:
        letters = word[0]
        if len(letters) < _LONG_ENOUGH or chance.random() > _SLIPS:
            return letters
        place = chance.randrange(1, len(letters) - 1)
        before, own, after = letters[:place], letters[place], letters[place + 1 :]
        return chance.choice((before + after[0] + own + after[1:], before + after, before + own + own + after))

    return re.sub(r"[A-Za-z']+", slip, message)


def in_slang(message: str) -> str:
    """Drugs by their names on the street, and words as they are texted."""
    return _exchanged(message.lower(), _STREET)


def in_third_person(message: str) -> str:
    """Told of somebody else."""
    return _exchanged(message, _THIRD)


def played_down(message: str) -> str:
    """With a denial in front, as people put it who are afraid to make a fuss."""
    return f"it's probably nothing and i don't want to make a fuss, but {message}"


def shouted(message: str) -> str:
    """In capitals, without signs."""
    return re.sub(r"[^\w\s']", "", message).upper()


REWORDINGS: Mapping[str, Callable[[str], str]] = {
    "slips": with_slips,
    "slang": in_slang,
    "third person": in_third_person,
    "played down": played_down,
    "capitals": shouted,
}


def _exchanged(message: str, words: Mapping[str, str]) -> str:
    pattern = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    return re.sub(rf"(?<![\w'])(?:{pattern})(?![\w'])", lambda word: words[word[0].lower()], message, flags=re.IGNORECASE)
