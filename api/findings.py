"""What a look at an installation or a server finds."""

from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class Finding:
    """Something looked at: what it is like, and where it is not well, what mends it."""

    what: str
    mend: str = ""

    @classmethod
    def of(cls, what: str, problem: Exception) -> Self:
        """What is wrong with something, by a message that ends with what mends it."""
        said, _, mend = str(problem).rpartition("; ")
        return cls(f"{what}: {said}", mend)

    @property
    def is_well(self) -> bool:
        """Whether nothing has to be mended."""
        return not self.mend

    def line(self) -> str:
        """The finding as it is printed."""
        return f"ok     {self.what}" if self.is_well else f"WRONG  {self.what}; {self.mend}"
