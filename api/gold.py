"""`citewell gold`: gold sets checked, and drafted from an operator's own documents. Loads its parts only when it is run."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.options import IndexOption, index_folder, require, say
from bot.errors import GoldError

if TYPE_CHECKING:
    from bot.evaluation.gold import GoldSet

gold_app = typer.Typer(help="Check a gold set, or draft one from the documents.", rich_markup_mode=None)


@gold_app.command("check")
def check_command(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Gold sets, or folders of some.", show_default=False)],
    index: IndexOption = None,
) -> None:
    """Check gold sets: the form of every line, what stands in both splits, and the sections and facts that items name."""
    from api.gold_sets import say_notes, sizes
    from bot.evaluation.gold import read_gold

    gold = read_gold(files)
    say_notes(gold)
    problems = [*gold.problems, *_with_documents(gold, index)]
    for problem in problems:
        print(problem)
    if not problems:
        print(f"{sizes(gold.checked().items)}, no problem")
    raise typer.Exit(bool(problems))


@gold_app.command("suggest")
def suggest_command(
    output: Annotated[Path | None, typer.Option(help="Write the drafts into a new file [standard output].")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many items.")] = 50,
    index: IndexOption = None,
) -> None:
    """Draft a gold set from the documents of the index, for a person to accept or mend."""
    from api.gold_sets import sizes
    from api.result_files import check_places
    from bot.evaluation.suggest import suggest
    from bot.pipeline import Bot
    from indexer.whole_file import write_whole

    check_places({"--output": output})
    require(output is None or not output.exists(), f"{output} is there already, maybe mended by hand; name another file")
    drafts = suggest(Bot.open(index_folder(index)), limit)
    if not drafts:
        raise GoldError("no sentence of the documents tells enough to ask for it; write the gold set by hand")
    lines = "".join(json.dumps(draft.to_dict(), ensure_ascii=False) + "\n" for draft in drafts)
    if output is None:
        print(lines, end="")
    else:
        write_whole(output, lines)
    name = output or "FILE"
    say(f'{sizes([draft.item for draft in drafts])} drafted: look at each beside its "source", mend it or drop it, and take "draft" out;')
    say(f"then run `citewell gold check {name}`, `citewell calibrate --gold {name}` and `citewell evaluate --gold {name}`")


def _with_documents(gold: "GoldSet", index: Path | None) -> list[str]:
    """What is wrong between a gold set and the index; nothing where there is no index that can be read and none was named."""
    from api.gold_sets import problems_with_documents
    from indexer.errors import IndexUnusableError

    try:
        return problems_with_documents(gold, index_folder(index))
    except IndexUnusableError as problem:
        if index is not None:
            raise
        say(f"note: the sections and facts were not looked up: {problem}")
        return []
