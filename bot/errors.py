"""What can go wrong between a question and its answer.

BotError
├── QuestionError     the question, history or country is not of the form that can be answered
├── SafetyRulesError  safety.toml does not say what it must
├── GoldError         a gold set, or what was measured with one, is not of the form that can be used
└── CitationError     a quotation is not a span of its document; no answer leaves the pipeline with one

An index that cannot be used raises the indexer's own IndexUnusableError.
"""


class BotError(Exception):
    """Anything this package refuses to do."""


class QuestionError(BotError):
    """The question, history or country is not of the form that can be answered."""


class SafetyRulesError(BotError):
    """The safety rules do not say what they must."""


class GoldError(BotError):
    """A gold set, or a result of evaluating with one, is not of the form that can be used."""


class CitationError(BotError):
    """A quotation is not a span of its document."""
