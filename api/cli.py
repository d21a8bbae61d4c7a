"""The command line. Results go to standard output, everything else to standard error; an error is one line and no traceback."""

import io
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.exceptions import Exit, TyperException

from api.batch import read_history, read_rows
from api.calibrating import calibrate_command
from api.checking import check_command
from api.evaluating import evaluate_command
from api.gold import gold_app
from api.key_commands import keys_app
from api.options import IndexOption, index_folder, read_settings, require, say
from api.serving import address, serve_command
from bot.errors import BotError, QuestionError
from indexer.errors import IndexerError

_HELP = "Answers on ketamine, opioids and Xanax out of reviewed documents, with the passage behind every sentence."
app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None, help=_HELP)
app.command("check")(check_command)
app.command("serve")(serve_command)
app.command("evaluate")(evaluate_command)
app.command("calibrate")(calibrate_command)
app.add_typer(gold_app, name="gold")
app.add_typer(keys_app, name="keys")

JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
BatchOption = Annotated[Path | None, typer.Option("--batch", help="JSON lines, one question each; - for standard input.", allow_dash=True)]

_EXTRAS = {"textstat": "check", **dict.fromkeys(("ir_measures", "matplotlib", "scipy", "sklearn"), "evaluate")}  # of other packages: index


@app.command("index")
def index_command(
    paths: Annotated[list[Path] | None, typer.Argument(help="Files or folders [corpus/documents].", show_default=False)] = None,
    index: IndexOption = None,
    corpus: Annotated[Path | None, typer.Option(help="Folder with the tables (sources.toml, ...) [those shipped].")] = None,
    model: Annotated[str | None, typer.Option(help="A sentence-transformers model, by name or folder.")] = None,
    passage_tokens: Annotated[int | None, typer.Option(min=32, max=512, help="Longest passage, titles included.")] = None,
    ignore: Annotated[list[str] | None, typer.Option(help="Pass over files like this (as in .gitignore); can be repeated.")] = None,
    encoding: Annotated[str | None, typer.Option(help="The encoding of files that are not UTF-8.")] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Fail where a document cannot be read.")] = False,
    dry: Annotated[bool, typer.Option("--dry-run", help="Say what each file would become; write nothing.")] = False,
    listed: Annotated[bool, typer.Option("--list", help="List the versions of the index.")] = False,
    back: Annotated[bool, typer.Option("--rollback", help="Go back to the last whole version before the live one.")] = False,
) -> None:
    """Read documents and write an index; only what changed is encoded again."""
    folder = index_folder(index)
    require(listed + back + dry <= 1 and not (paths and (listed or back)), "--list, --rollback and --dry-run each stand alone")
    if listed or back:
        from api.history import go_back, version_lines

        for line in version_lines(folder) if listed else go_back(folder):
            print(line)
        return
    from api.indexing import Inputs, dry_run, write_index
    from api.progress import progress_bar
    from bot.safety import Safety
    from indexer.config import DEFAULT_MODEL, DEFAULT_PASSAGE_TOKENS, IndexConfig
    from indexer.corpus_tables import load_tables
    from indexer.readers import checked_encoding

    tables = load_tables(corpus)
    Safety.compile(tables.safety, tables.helplines)
    encoding = checked_encoding(encoding) if encoding is not None else None
    inputs = Inputs(paths or [Path("corpus/documents")], tables, ignore or (), encoding)
    with progress_bar() as progress:
        if dry:
            for line in dry_run(inputs, progress, strict=strict):
                print(line)
        else:
            config = IndexConfig(model or DEFAULT_MODEL, passage_tokens or DEFAULT_PASSAGE_TOKENS)
            print(write_index(inputs, folder, config, progress, say, strict=strict))


@app.command()
def ask(
    question: Annotated[str | None, typer.Argument(help="The question, in quotation marks.", show_default=False)] = None,
    history: Annotated[
        Path | None,
        typer.Option(help='JSON list of earlier turns: {"role", "content"}; - for standard input.', allow_dash=True),
    ] = None,
    country: Annotated[str | None, typer.Option(help="ISO code of the country whose helplines are shown [US].")] = None,
    batch: BatchOption = None,
    as_json: JsonOption = False,
    explain: Annotated[bool, typer.Option("--explain", help="Show each step: what was understood, found and decided.")] = False,
    index: IndexOption = None,
) -> None:
    """Answer one question, or with --batch a file of them."""
    from api.terminal import print_answer
    from bot.pipeline import Bot

    today = datetime.now(UTC).date()
    require(not (explain and (as_json or batch)), "--explain is read by people; use it without --json and --batch")
    if batch is not None:
        require(question is None and history is None, "--batch takes its questions and histories from the file alone")
        bot = Bot.open(index_folder(index))
        for row in read_rows(batch, ("question",), check=lambda row: bot.check(row.text, row.history)):
            answer = bot.answer(row.text, row.history, row.country or country, today=today)
            _print_json({"id": row.name, "answer": answer.to_dict()})
        return
    require(question is not None, 'give a question, for example: citewell ask "Is ketamine an opioid?"')
    asked = question or ""
    try:
        turns, server = read_history(history) if history is not None else (), _server()
        bot = Bot.open(index_folder(index))
        answer = bot.answer(asked, turns, country, today=today)
        if explain:
            from api.explaining import print_explanation

            print_explanation(bot, asked, turns)
    except (QuestionError, IndexerError):
        card = Bot.without_index().crisis(asked, country)  # danger is answered whatever else is wrong
        if card is None:
            raise
        answer, server = card, ""
    if as_json:
        _print_json(answer.to_dict())
    else:
        print_answer(answer, server)


@app.command()
def search(
    query: Annotated[str | None, typer.Argument(help="What to look for.", show_default=False)] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many passages.")] = 10,
    batch: BatchOption = None,
    ranking: Annotated[str, typer.Option(help="combined, or one signal alone: dense, sentence, lexical, key.")] = "combined",
    as_json: JsonOption = False,
    index: IndexOption = None,
) -> None:
    """Print ranked passages, no answer."""
    from api.replies import passage_replies
    from api.terminal import print_passages
    from bot.conversation import checked_question
    from bot.pipeline import Bot
    from bot.retriever import single_signal

    weights = None if ranking == "combined" else single_signal(ranking)
    bot = Bot.open(index_folder(index))
    if batch is not None:
        require(query is None, "--batch takes its queries from the file alone")
        for row in read_rows(batch, ("query", "question"), check=lambda row: checked_question(row.text)):
            passages = passage_replies(bot.search(row.text, limit, weights))
            _print_json({"id": row.name, "passages": [passage.model_dump() for passage in passages]})
        return
    require(query is not None, 'give a query, for example: citewell search "naloxone benzodiazepines"')
    found = bot.search(query or "", limit, weights)
    if as_json:
        _print_json({"passages": [passage.model_dump() for passage in passage_replies(found)]})
    else:
        print_passages(found)


@app.command()
def document(
    name: Annotated[str, typer.Argument(metavar="ID", help="The document's id.", show_default=False)],
    as_json: JsonOption = False,
    index: IndexOption = None,
) -> None:
    """Print one document as it is indexed."""
    from api.replies import document_reply
    from bot.pipeline import Bot
    from indexer.documents import well_formed

    store, name = Bot.open(index_folder(index)).usable_index().store, well_formed(name)
    found, tombstone = store.document(name), store.tombstone(name)
    if tombstone is not None:
        raise IndexerError(f"{tombstone.title!r} was withdrawn: {tombstone.reason}; no answer quotes it any more")
    if found is None:
        raise IndexerError(f"there is no document {name!r} in this index; `citewell search` finds ids")
    if as_json:
        _print_json(document_reply(found).model_dump())
    else:
        print(f"{found.title}\n\n{found.text}")


@app.command()
def chat(
    country: Annotated[str | None, typer.Option(help="ISO code of the country whose helplines are shown [US].")] = None,
    index: IndexOption = None,
) -> None:
    """Hold a conversation in the terminal; nothing of it is stored."""
    from api.chat import converse
    from bot.pipeline import Bot

    raise typer.Exit(converse(Bot.open(index_folder(index)), country, _server()))


@app.command()
def doctor(
    index: IndexOption = None,
    url: Annotated[str | None, typer.Option(help="Look at a running server instead, as its visitors meet it.")] = None,
    origin: Annotated[str | None, typer.Option(help="With --url: whether pages of this origin may ask there.")] = None,
) -> None:
    """Say what is wrong with the installation, the settings, the index or a running server, and what mends it."""
    from api.doctor import examine
    from api.server_check import examine_server

    require(origin is None or url is not None, "--origin is for the server that --url names; give both")
    findings = list(examine_server(url, origin)) if url is not None else examine(read_settings, index)
    for finding in findings:
        print(finding.line())
    raise typer.Exit(any(not finding.is_well for finding in findings))


def main() -> None:
    """Run a command; every expected failure is one line on standard error."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(encoding="utf-8", errors="replace")
    try:
        sys.exit(app(sys.argv[1:] or ["--help"], prog_name="citewell", standalone_mode=False) or 0)
    except Exit as ending:
        sys.exit(ending.exit_code)
    except (TyperException, QuestionError) as error:
        message = error.format_message() if isinstance(error, TyperException) else str(error)
        _fail(message if ";" in message else f"{message.rstrip('.')}; see `citewell --help`", 2)
    except (IndexerError, BotError) as error:
        _fail(str(error), 1)
    except ModuleNotFoundError as error:
        extra = _EXTRAS.get((error.name or "").partition(".")[0], "index")
        _fail(f"this needs the package {error.name}; run `pip install 'citewell[{extra}]'`", 1)
    except OSError as error:
        _fail(f"{error.filename or 'the system'}: {error.strerror}; check the path, its permissions and the free space", 1)


def _server() -> str:
    settings = read_settings()
    return address(settings.host, settings.port)


def _print_json(value: Any) -> None:
    print(json.dumps(value, ensure_ascii=False))


def _fail(message: str, code: int) -> None:
    say(f"citewell: {' '.join(message.split())}")
    sys.exit(code)


if __name__ == "__main__":
    main()
