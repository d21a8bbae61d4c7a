"""What can go wrong between a document and its index.

IndexerError
├── DocumentError       a document cannot be read as it stands
├── CorpusError         a table of the corpus folder (sources, helplines, safety) is wrong
├── ModelError          the embedding model cannot be found, exported or loaded
├── WriteError          the index cannot be written: a full disk, a folder that is read-only
└── IndexUnusableError  there is no index that can be answered from
    ├── IndexMissingError   nothing has been built yet
    └── IndexDamagedError   files are missing, changed, or of another format or model

Every message is one line that says what is wrong and what to do next.
"""


class IndexerError(Exception):
    """Anything this package refuses to do."""


class DocumentError(IndexerError):
    """A document cannot be read as it stands; the message opens with its path and line."""


class CorpusError(IndexerError):
    """A table of the corpus folder is missing or wrong."""


class ModelError(IndexerError):
    """The embedding model cannot be found, exported or loaded."""


class WriteError(IndexerError):
    """The index cannot be written; the version that was live still is."""


class IndexUnusableError(IndexerError):
    """There is no index that can be answered from."""


class IndexMissingError(IndexUnusableError):
    """No index has been built in the folder."""


class IndexDamagedError(IndexUnusableError):
    """The index cannot be trusted: files are missing, changed, or of another format or model."""


def shown(text: object) -> str:
    """A path or message for one line of a terminal: what cannot be printed is escaped."""
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode("ascii") for sign in str(text))
