"""`citewell keys`: make, list and revoke the keys that let others call."""

import json
from datetime import UTC, datetime
from typing import Annotated

import typer

from api.keys import Keyring
from api.options import read_settings, require, say

keys_app = typer.Typer(help="Make, list and revoke API keys.", no_args_is_help=True)


@keys_app.command("create")
def create_command(
    name: Annotated[str, typer.Option(help="What it is for, to tell it from others.")] = "unnamed",
    site: Annotated[bool, typer.Option("--site", help="For pages: publishable, bound to the origins named.")] = False,
    origin: Annotated[
        list[str] | None, typer.Option(help="An origin whose pages may use it, like https://www.example.org; can be repeated.")
    ] = None,
) -> None:
    """Make a key and print it. It is shown this once; what is kept is its hash."""
    require(site == bool(origin), "a key for pages needs both --site and --origin, a secret one neither")
    presented, key = _keyring().create("site" if site else "secret", name, tuple(origin or ()), datetime.now(UTC).date())
    print(presented)
    if site:
        say(f"site key {key.id} for pages of {', '.join(key.origins)}; it may stand in their source")
    else:
        say(f"secret key {key.id}; keep it on servers, it is not shown again")


@keys_app.command("list")
def list_command(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Print the keys there are, without the keys themselves."""
    keys = _keyring().current().keys
    if as_json:
        print(json.dumps([key.model_dump(mode="json", exclude={"sha256"}) for key in keys], ensure_ascii=False))
        return
    if not keys:
        say("there are no keys: only this machine and the server's own pages are answered; make one with `citewell keys create`")
    for key in keys:
        print(f"{key.id}  {key.kind:6}  {key.created}  {key.name}{''.join(f'  {origin}' for origin in key.origins)}")


@keys_app.command("revoke")
def revoke_command(
    name: Annotated[str, typer.Argument(metavar="ID", help="As `citewell keys list` shows it.", show_default=False)],
) -> None:
    """Let a key no longer in, from the next request on."""
    keyring = _keyring()
    key = keyring.revoke(name)
    print(f"revoked {key.kind} key {key.id} ({key.name})")
    if not keyring.current().keys:
        say("there are no keys any more: only this machine and the server's own pages are answered")


def _keyring() -> Keyring:
    return Keyring(read_settings().data)
