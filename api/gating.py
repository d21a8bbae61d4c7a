"""`citewell evaluate --gate`: whether the floors hold, or what they are pinned to anew."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from api.options import say
from api.result_files import check_places
from bot.errors import GoldError, QuestionError
from indexer.errors import shown
from indexer.whole_file import write_whole

if TYPE_CHECKING:
    from bot.evaluation.evaluate import Evaluation
    from bot.evaluation.gate import Baseline

_BASELINE = "baseline.json"


@dataclass(frozen=True, slots=True)
class Gate:
    """Floors in a file; with `update` they are pinned anew, with a `reason` let down as well."""

    file: Path
    update: bool
    reason: str | None

    @classmethod
    def at(cls, file: Path | None, gold: Sequence[Path], *, update: bool, reason: str | None) -> "Gate":
        """The gate with its floors in `file`, else beside the first gold set. Raises GoldError where they are not there and wanted."""
        beside = gold[0] if gold[0].is_dir() else gold[0].parent
        gate = cls(file if file is not None else beside / _BASELINE, update, reason)
        if update:
            check_places({"--baseline": gate.file})
        elif not gate.file.is_file():
            raise GoldError(f"{shown(gate.file)}: no floors are pinned there; pin them with `citewell evaluate --gate --update`")
        return gate

    def opens(self, evaluation: "Evaluation") -> bool:
        """Whether all floors hold, said with what does not; with `update`, once they are pinned. Raises GoldError."""
        from bot.evaluation.gate import failures, read_baseline

        if self.update:
            self._pin(evaluation)
            return True
        found = list(failures(evaluation, read_baseline(self.file)))
        for failure in found:
            say(failure)
        if not found:
            print(f"all floors hold ({shown(self.file)})")
        return not found

    def _pin(self, evaluation: "Evaluation") -> None:
        from bot.evaluation.gate import pinned, read_baseline

        before = read_baseline(self.file) if self.file.exists() else None
        _require_splits(evaluation, before)
        after = pinned(evaluation, before, self.reason)
        write_whole(self.file, after.model_dump_json(indent=1) + "\n")
        for one in after.lowered[len(before.lowered) if before else 0 :]:
            say(f"let down: {one.split} {one.measure} from {one.before:g} to {one.after:g}: {one.reason}")
        print(f"floors pinned ({shown(self.file)})")


def _require_splits(evaluation: "Evaluation", before: "Baseline | None") -> None:
    """Floors of a split that was not measured would be lost."""
    lacking = sorted(set(before.bounds) - set(evaluation.splits)) if before else []
    if lacking:
        raise QuestionError(f"{' and '.join(lacking)} has floors too, and was not measured; pin them without --split")
