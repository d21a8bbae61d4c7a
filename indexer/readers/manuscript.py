"""What a reader of one format hands over."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from indexer.documents import Draft
from indexer.readers.front_matter import FrontMatter


@dataclass(frozen=True, slots=True)
class Manuscript:
    """Drafts in reading order, and what else the file says.

    `title` and `url` are those the file names itself, `definitions` what its footnotes say by label, `notes` what its owner should know
    about how it was read. The places of the drafts are pages where `paged`, else lines of the file.
    """

    drafts: list[Draft]
    title: str | None = None
    url: str | None = None
    definitions: Mapping[str, str] = field(default_factory=dict)
    matter: FrontMatter = field(default_factory=FrontMatter)
    notes: tuple[str, ...] = ()
    paged: bool = False
