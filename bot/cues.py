"""The words by which a turn leans on those before it. Patterns are for English, whatever the case."""

import re
from typing import Any, Literal, cast

Wanted = Literal["answer", "more", "why", "short"]

_IT = r"(?:that|this|it|these|those|them)"
_YOU = r"(?:you|u)"
_PLEASE = r"(?:\ (?:please|pls|plz))?$"
_LEAD = (
    r"^(?:(?:ok|okay|oh|so|but|and|hm+|well|then|thanks|thank\ you|wait|yes|yeah|no|alright|cool|great|good"
    rf"|can|could|{_YOU}|please|pls|give|show|tell|me)\ )*"
)


class _Verbose:
    """A pattern that is compiled when it is first used: an answer needs few of them, and to compile all takes longer than to answer."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __getattr__(self, name: str) -> Any:
        found = getattr(re.compile(self._text, re.IGNORECASE | re.VERBOSE | re.DOTALL), name)
        setattr(self, name, found)
        return found


def verbose(text: str) -> re.Pattern[str]:
    """A pattern that is laid out over lines, its spaces escaped, whatever the case."""
    return cast("re.Pattern[str]", _Verbose(text))


# Turns that ask for nothing but the answer before: more of it, less of it, where it is from, or why. Matched with plain words.
ABOUT_THE_ANSWER: tuple[tuple[Wanted, re.Pattern[str]], ...] = (
    (
        "more",
        verbose(
            rf"""{_LEAD}(?:more|say\ more|go\ on|continue|keep\ going|(?:what|anything)\ else|elaborate|expand
            |explain(?:\ more|\ further)?|(?:more|further)\ (?:info\w*|details?))
            (?:\ (?:about|on)\ {_IT}|\ (?:should|do|can)\ i\ (?:need\ to\ )?know)*{_PLEASE}"""
        ),
    ),
    (
        "short",
        verbose(
            rf"""{_LEAD}(?:(?:it|that|the|a|just|in)\ )*(?:short|shorter|tl\ ?dr|briefly|brief|summary|bottom\ line|gist
            |(?:short|simple|quick)\ (?:version|answer|summary)|(?:one|1|a)\ (?:sentence|word|line|nutshell)
            |sum(?:mari[sz]e)?(?:\ {_IT})?(?:\ up)?)(?:\ of\ {_IT})?{_PLEASE}"""
        ),
    ),
    (
        "answer",
        verbose(
            rf"""{_LEAD}(?:(?:what\ is|whats|what\ are|got|have|do|any|a|the|your|ur|is\ there|are\ there)\ )*
            (?:sources?|cite|citations?|references?|links?|proof|evidence
            |where\ (?:is|are|does|did|do|d)?(?:\ ?{_YOU})?\ ?{_IT}?(?:\ info\w*)?\ ?(?:come\ from|from|get|read|find)(?:\ {_IT})?
            |(?:says\ )?who(?:\ says)?(?:\ so|\ {_IT})?|according\ to\ whom?|how\ do(?:\ {_YOU})?\ know(?:\ {_IT})?
            |prove\ {_IT}|is\ {_IT}\ true|are(?:\ {_YOU})?\ sure|really|for\ real)(?:\ (?:for|on|about)\ {_IT})?{_PLEASE}"""
        ),
    ),
    (
        "why",
        verbose(
            rf"""{_LEAD}(?:why|how\ come|how\ so|what\ makes\ {_IT}\ so)
            (?:\ (?:not|is|are|does|do|would|isnt|cant|wont|so|such|a|an|{_IT}|they|the\ case|happens?|matters?|problem|bad|dangerous
            |important|high|low|long|strong|risky))*$"""
        ),
    ),
)
_NO = r"(?:no|nah|nope|sorry|oops|wait|actually|my\ bad|correction)\b[\s,.!-]*"
# What was meant instead is the group "rest" or "instead".
CORRECTION = verbose(
    rf"""^(?:{_NO}|(?:ok|oh|um|not\ that)\b[\s,.!-]*)*
    (?:i\ (?:meant|mean|was\ asking\ about|asked\ about|am\ asking\ about)|im\ asking\ about|i\ was\ talking\ about|meant)\s+(?P<rest>.+)$
    |^(?:{_NO})*not\ (?P<dropped>[^,;:.-]{{2,40}})[,;:.-]+\s*(?P<instead>.+)$"""
)
DENIAL = verbose(rf"^(?:{_NO})+")
OPENING = verbose(
    r"""^(?:(?:ok|okay|oh|so|hm+|well|and|but|or|also|then|what\ about|how\ about|what\ if|how\ bout|same\ (?:for|with|thing\ (?:for|with))
    |does\ that\ go\ for|is\ it\ the\ same\ (?:for|with)|compared\ (?:to|with)|vs|like)\b[\s,]*)+"""
)
CONDITION = verbose(r"^(?:for|on|in|at|with|while|during|after|before|if|when|without|under|over)\b")
WITH = verbose(
    r"\b(?:with|plus|on\ top|mixed|mix|mixing|together|drinking|drink|drank|alongside|along|adding|add|combined|same\ time)\b|\+"
)
# "it" that stands for nothing said before: "is it safe to", "how long does it take to".
EXPLETIVE = verbose(
    r"""\bit(?:s|\ is)?\ (?:(?:really|actually|ever|still)\ )?(?:ok|okay|safe|true|possible|bad|dangerous|legal|normal|better|worth|worse
    |illegal|hard|common|fine|wrong|risky|important|too\ late|take|matter|a\ (?:bad|good)\ idea)(?=\ (?:to|that|if|when|while)\b)"""
)
SEVERAL = verbose(r"\b(?:they|them|their|theyre|both|these|those|the\ two|the\ 2|either|each)\b")
ONE = verbose(r"\b(?:it|its|that|thats|this|the\ (?:drug|stuff|med|medicine|medication|pill|pills|shot|patch|spray))\b")
AFTER_DRUG = verbose(rf"\b(?:with|on|than|to|from|as|mix|mixing|like|of|into|and|for|off)\ (?:{_IT}|both)\b")
# Besides the stop words: what links a turn to the one before, fills it, or only judges.
EMPTY = frozenset(
    """
    again alongside bad been both bye combined cool dangerous deadly ever either even extra fine good great happen happens harmful hello
    hey hi instead ive k lol much n no normal now ok okay old oh omg one ones ok please pls plus really risky right safe same serious
    side still stuff take taken taking thank thanks thats then thing things though tho time together too took top true tho u ur use used
    using w wait well whats wow wtf yeah yes youve
    """.split()
)
