"""What a scenario found: figures to print, and the promises that broke."""

from dataclasses import dataclass, field

from tests.load.fleet import Tally


@dataclass(slots=True)
class Outcome:
    """`figures` by name, and `faults`: none where every promise held."""

    figures: dict[str, str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def note(self, name: str, value: object) -> None:
        self.figures[name] = f"{value:.1f}" if isinstance(value, float) else str(value)

    def expect(self, holds: bool, fault: str) -> None:
        """A promise, and what is said where it broke."""
        if not holds:
            self.faults.append(fault)

    def note_times(self, name: str, times: tuple[float, float, float]) -> None:
        self.note(f"{name}: median, 95th, 99th percentile (ms)", " / ".join(f"{value:.0f}" for value in times))

    def note_tally(self, tally: Tally, name: str = "replies") -> None:
        self.note(f"{name} by status", tally.statuses())
        self.note(f"{name} a second, 200 alone", tally.rate())
        for status in (200, 503):
            if tally.count(status):
                self.note_times(f"{name} {status}", tally.percentiles(status))
        self.note("share of a core that clients took", f"{tally.client_share:.2f}")

    def expect_none_failed(self, tally: Tally, allowed: tuple[int, ...] = (200,)) -> None:
        """No connection broke, and no reply was of another status, or lacked what each has."""
        others = {status: count for status, count in tally.statuses().items() if status not in allowed}
        self.expect(not others, f"statuses other than {allowed}: {others}")
        self.expect(not tally.broken, f"{len(tally.broken)} connections broke: {[one.kind for one in tally.broken[:5]]}")
        self.expect(not tally.faults, f"replies lack what each has: {dict(tally.faults)}")
