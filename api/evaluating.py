"""`citewell evaluate`: how good the answers are, by a gold set.

What measures is loaded once the answers are in, so that the memory measured is what answering took.
"""

import resource
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from api.gating import Gate
from api.options import GoldOption, IndexOption, index_folder, require, say
from api.result_files import check_places
from indexer.whole_file import write_whole

if TYPE_CHECKING:
    from bot.evaluation.ablation import Rankings
    from bot.evaluation.evaluate import Evaluation
    from bot.evaluation.gold import GoldItem, GoldSet
    from bot.evaluation.responses import Response


@dataclass(frozen=True, slots=True)
class _Answered:
    """The responses to a gold set, what stood behind them, and what is known about who gave them."""

    responses: Sequence["Response"]
    about: dict[str, Any]
    documents: Sequence[tuple[str, str]] | None = None
    ablated: "Rankings" = field(default_factory=dict)


def evaluate_command(
    gold: GoldOption = None,
    split: Annotated[Literal["dev", "test"] | None, typer.Option(help="dev or test alone [both].")] = None,
    index: IndexOption = None,
    url: Annotated[str | None, typer.Option(help="A running server to evaluate, such as http://127.0.0.1:8000.")] = None,
    report: Annotated[Path | None, typer.Option(help="Write a page with all figures, plots and failures.")] = None,
    output: Annotated[Path | None, typer.Option(help="Write the evaluation as JSON.")] = None,
    gate: Annotated[bool, typer.Option("--gate", help="Exit 1 where a measure falls below its floor.")] = False,
    baseline: Annotated[Path | None, typer.Option(help="The floors [baseline.json beside the first gold set].")] = None,
    update: Annotated[bool, typer.Option("--update", help="Pin the floors to what is measured now.")] = False,
    lower: Annotated[str | None, typer.Option(metavar="REASON", help="Why floors may be let down.")] = None,
    compare: Annotated[tuple[Path, Path] | None, typer.Option(metavar="A.json B.json", help="Compare two evaluations.")] = None,
) -> None:
    """Measure the answers by a gold set: retrieval, key facts, citations, abstention, safety, stability and cost."""
    others = (gold, split, index, url, report, output, gate, baseline, update, lower)
    if compare is not None:
        require(not any(others), "--compare stands alone")
        _compare(*compare)
        return
    require(bool(gold), "name a gold set, for example: citewell evaluate --gold tests/gold")
    require(gate or not (baseline or update), "--baseline and --update go with --gate")
    require(update or lower is None, "--lower goes with --gate --update")
    require(lower is None or bool(lower.strip()), "--lower wants the reason in words")
    require(url is None or index is None, "--url asks a server, which has an index of its own; leave out --index or --url")
    check_places({"--report": report, "--output": output})
    from api.gold_sets import read_gold_set

    paths = gold or []
    floors = Gate.at(baseline, paths, reason=lower, update=update) if gate else None
    chosen = read_gold_set(paths).of_split(split)
    if url is not None:
        answered = _answer_there(chosen, url, wants_documents=gate)
    else:
        answered = _answer_here(chosen, index_folder(index), ablate=bool(report or output))
    evaluation = _evaluated(chosen, answered)
    _show(evaluation, report, output)
    if floors is not None:
        raise typer.Exit(not floors.opens(evaluation))


def _answer_here(gold: "GoldSet", folder: Path, *, ablate: bool) -> _Answered:
    """The responses of a bot on the index here. Raises IndexUnusableError, or GoldError for sections that are not there."""
    from api.gold_sets import check_sections
    from bot.evaluation.responses import respond
    from bot.pipeline import Bot

    bot = Bot.open(folder)
    store, today = bot.usable_index().store, datetime.now(UTC).date()
    check_sections(gold, store)
    responses = _each(gold, lambda item: respond(bot, item, today))
    calibration = bot.calibration
    about = {
        "memory_mb": _peak_memory(),
        "threshold": calibration.model.threshold,
        "target_risk": calibration.file.target_risk if calibration.file else None,
    }
    documents = [(name, document.text) for name, *_ in store.document_list() if (document := store.document(name)) is not None]
    if not ablate:
        return _Answered(responses, about, documents)
    from bot.evaluation.ablation import ablated_rankings

    return _Answered(responses, about, documents, ablated_rankings(bot, gold.items, responses))


def _answer_there(gold: "GoldSet", url: str, *, wants_documents: bool) -> _Answered:
    """The responses of a server; its documents are fetched only where they are wanted. Raises ServerError."""
    from api.server_responses import Server

    server = Server(url)
    responses = _each(gold, server.respond)
    return _Answered(responses, {"server": server.url}, list(server.documents()) if wants_documents else None)


def _each(gold: "GoldSet", respond: "Callable[[GoldItem], Response]") -> list["Response"]:
    """One response after another."""
    from api.progress import progress_bar

    responses: list[Response] = []
    with progress_bar() as progress:
        for item in gold.items:
            responses.append(respond(item))
            progress("answering", 1, len(gold.items))
    return responses


def _peak_memory() -> float:
    """The most memory this process has held, in MB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (2**20 if sys.platform == "darwin" else 2**10), 1)  # macOS counts bytes, Linux kilobytes


def _evaluated(gold: "GoldSet", answered: _Answered) -> "Evaluation":
    from bot.evaluation.evaluate import About, evaluate
    from bot.evaluation.gate import documents_digest

    documents = documents_digest(answered.documents) if answered.documents is not None else None
    about = About(receipt=answered.responses[0].answer["receipt"], documents=documents, **answered.about)
    return evaluate(gold, answered.responses, about, answered.ablated)


def _show(evaluation: "Evaluation", report: Path | None, output: Path | None) -> None:
    """Print the evaluation, and write the files that were asked for."""
    from api.evaluation_tables import print_evaluation

    pages: dict[Path, str] = {}
    if report is not None:
        from bot.evaluation.report import report_page

        pages[report] = report_page(evaluation)
    if output is not None:
        pages[output] = evaluation.model_dump_json(indent=1) + "\n"
    print_evaluation(evaluation)
    for file, text in pages.items():
        write_whole(file, text)
        say(f"written: {file}")


def _compare(before: Path, after: Path) -> None:
    from api.evaluation_tables import print_comparison
    from bot.evaluation.compare import compare
    from bot.evaluation.evaluate import read_evaluation

    earlier, later = read_evaluation(before), read_evaluation(after)
    comparison = compare(earlier, later)
    if earlier.gold != later.gold:
        say("note: the gold set changed between the two; what both have alike is compared")
    if comparison.left_out:
        say(f"note: {comparison.left_out:,} items are in one of the two alone and left out")
    print_comparison(comparison)
