"""API keys: made, listed and revoked on the command line, kept as hashes in a file that is always whole."""

import hashlib
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest

from api.keys import Key, KeyFile, Keyring, KeysError, checked_origin
from bot.errors import QuestionError
from indexer.errors import WriteError
from tests.api.conftest import Run

TODAY = date(2026, 11, 23)
PAGE = "https://www.example.org"
UNFIT = "cannot be read (it is not of the form that `citewell keys` writes); mend it, or remove it and make new keys"
# The same in a process of its own, which ends where a file would be flushed: killed, or with no more space than two kilobytes.
ENDING = """
import os, resource, signal, sys
from datetime import date
from pathlib import Path
from api.keys import Keyring
if sys.argv[2] == "killed":
    os.fsync = lambda stream: os.kill(os.getpid(), signal.SIGKILL)
else:
    resource.setrlimit(resource.RLIMIT_FSIZE, (2048, 2048))
Keyring(Path(sys.argv[1])).create("secret", "too much", (), date(2026, 11, 23))
"""


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data folder of the commands."""
    monkeypatch.setenv("CITEWELL_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


def kept(data: Path) -> list[dict[str, object]]:
    """What the file holds of each key."""
    keys: list[dict[str, object]] = json.loads((data / "keys.json").read_text(encoding="utf-8"))["keys"]
    return keys


def mode_of(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_a_key_stands_alone_on_standard_output(run: Run, data: Path) -> None:
    made = run("keys", "create", "--name", "our backend")
    key_id = kept(data)[0]["id"]
    assert (made.code, made.err) == (0, f"secret key {key_id}; keep it on servers, it is not shown again\n")
    assert made.out.startswith(f"cw_secret_{key_id}_")
    assert made.out.count("\n") == 1


def test_a_site_key_is_made_for_the_origins_named(run: Run, data: Path) -> None:
    made = run("keys", "create", "--site", "--origin", "HTTPS://WWW.Example.org:443/", "--origin", "http://localhost:3000")
    key_id = kept(data)[0]["id"]
    assert made.out.startswith(f"cw_site_{key_id}_")
    assert made.err == f"site key {key_id} for pages of {PAGE}, http://localhost:3000; it may stand in their source\n"
    assert kept(data)[0]["origins"] == [PAGE, "http://localhost:3000"]


def test_only_the_hash_of_a_key_is_kept_and_only_its_owner_may_read_it(run: Run, data: Path) -> None:
    presented = run("keys", "create").out.strip()
    assert kept(data)[0]["sha256"] == hashlib.sha256(presented.encode()).hexdigest()
    secret_part = presented.removeprefix(f"cw_secret_{kept(data)[0]['id']}_")
    assert len(secret_part) == 43  # 32 bytes
    assert secret_part not in "".join(file.read_text(encoding="utf-8") for file in data.iterdir())
    assert (mode_of(data / "keys.json"), mode_of(data)) == (0o600, 0o700)


def test_a_file_that_others_could_read_is_closed_by_the_next_change(run: Run, data: Path) -> None:
    run("keys", "create")
    (data / "keys.json").chmod(0o644)
    run("keys", "create")
    assert mode_of(data / "keys.json") == 0o600


def test_several_keys_hold_at_once_and_each_is_found(tmp_path: Path) -> None:
    keyring = Keyring(tmp_path)
    made = [keyring.create("secret", f"server {number}", (), TODAY) for number in range(3)]
    assert [keyring.current().find(presented) for presented, _ in made] == [key for _, key in made]
    assert keyring.current().find(made[0][0] + "x") is None
    assert keyring.current().find("") is None


def test_the_list_shows_each_key_and_never_what_would_let_anybody_in(run: Run, data: Path) -> None:
    presented = run("keys", "create", "--name", "our backend").out.strip()
    run("keys", "create", "--site", "--origin", PAGE, "--name", "our page")
    first, second = kept(data)
    listed = run("keys", "list")
    assert (listed.code, listed.err) == (0, "")
    assert listed.out == (
        f"{first['id']}  secret  {first['created']}  our backend\n{second['id']}  site    {second['created']}  our page  {PAGE}\n"
    )
    (as_json,) = run("keys", "list", "--json").lines
    assert as_json == [{name: value for name, value in key.items() if name != "sha256"} for key in (first, second)]
    assert presented not in listed.out


def test_where_there_are_no_keys_the_list_is_empty_and_says_what_that_means(run: Run, data: Path) -> None:
    listed = run("keys", "list")
    assert (listed.code, listed.out) == (0, "")
    assert listed.err == (
        "there are no keys: only this machine and the server's own pages are answered; make one with `citewell keys create`\n"
    )
    assert run("keys", "list", "--json").lines == [[]]
    assert not data.exists()


def test_a_key_that_is_revoked_is_gone_and_the_others_stay(run: Run, data: Path) -> None:
    presented = [run("keys", "create", "--name", name).out.strip() for name in ("one", "two")]
    first, second = kept(data)
    revoked = run("keys", "revoke", str(first["id"]))
    assert (revoked.code, revoked.out, revoked.err) == (0, f"revoked secret key {first['id']} (one)\n", "")
    assert kept(data) == [second]
    keys = Keyring(data).current()
    assert (keys.find(presented[0]), keys.find(presented[1])) == (None, keys.keys[0])


@pytest.mark.parametrize("name", ["nothing", "", "../keys", "0" * 5_000])
def test_a_key_that_is_not_there_cannot_be_revoked(run: Run, data: Path, name: str) -> None:
    run("keys", "create")
    before = (data / "keys.json").read_bytes()
    assert run("keys", "revoke", name).error(2) == f"there is no key {name!r}; `citewell keys list` shows those there are"
    assert (data / "keys.json").read_bytes() == before


@pytest.mark.parametrize("options", [["--site"], ["--origin", PAGE]])
def test_a_site_key_and_its_origins_come_together_or_not_at_all(run: Run, data: Path, options: list[str]) -> None:
    line = run("keys", "create", *options).error(2)
    assert line == "a key for pages needs both --site and --origin, a secret one neither; see `citewell --help`"
    assert not data.exists()


@pytest.mark.parametrize("name", ["", "x" * 81, "two\nlines", "\x1b[31mred", "a\tb", 'say "it"', "<b>", "\ud800"])
def test_a_name_that_would_not_print_on_a_line_is_refused(run: Run, data: Path, name: str) -> None:
    line = run("keys", "create", "--name", name).error(2)
    assert line.endswith("is no name for a key; use up to 80 letters, digits, spaces and . , : / @ + -")
    assert not (data / "keys.json").exists()


def test_a_name_in_any_script_is_taken(run: Run, data: Path) -> None:
    run("keys", "create", "--name", "Müllers Seite, Köln")
    assert kept(data)[0]["name"] == "Müllers Seite, Köln"


@pytest.mark.parametrize(
    "origin",
    [
        "",
        "*",
        "null",
        "www.example.org",
        "ftp://example.org",
        "https://",
        "https://*.example.org",
        "https://example.org/page",
        "https://example.org?x",
        "https://example.org#x",
        "https://user@example.org",
        "https://example.org:99999",
        "https://example.org:x",
        "https://exa mple.org",
        "https://exam\r\nple.org",
        "https://[::1",
        "https://bücher.example",
        "javascript://example.org",
    ],
)
def test_what_is_no_origin_is_refused(run: Run, data: Path, origin: str) -> None:
    shown = " ".join(f"{origin!r}".split())
    line = run("keys", "create", "--site", "--origin", origin).error(2)
    assert line == f"--origin {shown} is no origin of a page; write it like https://www.example.org"
    assert not (data / "keys.json").exists()


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("https://www.example.org", "https://www.example.org"),
        ("https://www.example.org/", "https://www.example.org"),
        (" HTTPS://WWW.EXAMPLE.ORG:443 ", "https://www.example.org"),
        ("http://example.org:80", "http://example.org"),
        ("http://example.org:443", "http://example.org:443"),
        ("https://example.org:8443", "https://example.org:8443"),
        ("http://127.0.0.1:3000", "http://127.0.0.1:3000"),
        ("http://[::1]:3000", "http://[::1]:3000"),
        ("https://xn--bcher-kva.example", "https://xn--bcher-kva.example"),
    ],
)
def test_an_origin_is_kept_as_browsers_send_it(written: str, sent: str) -> None:
    assert checked_origin(written) == sent


@pytest.mark.parametrize("origins", [(PAGE,), ()])
def test_a_keyring_binds_site_keys_alone_to_origins(tmp_path: Path, origins: tuple[str, ...]) -> None:
    with pytest.raises(QuestionError, match="a site key is bound to the pages that use it"):
        Keyring(tmp_path).create("secret" if origins else "site", "x", origins, TODAY)


DAMAGED = [
    b"",
    b"{",
    b"[]",
    b"null",
    b"\xff\xfe",
    b'{"format": 2, "keys": []}',
    b'{"format": 1, "keys": [{"id": "a"}]}',
    b'{"format": 1, "keys": [], "more": 1}',
    '{"keys": [{"id": "a", "kind": "secret", "name": "b", "sha256": "é", "created": "2026-01-01"}]}'.encode(),
    b'{"keys": [{"id": "a", "kind": "admin", "name": "b", "sha256": "", "created": "2026-01-01"}]}',
]


@pytest.mark.parametrize("content", DAMAGED)
def test_a_damaged_file_lets_nobody_in_and_is_left_as_it_is(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "keys.json"
    file.write_bytes(content)
    keyring = Keyring(tmp_path)
    for _ in range(2):  # nor does it the second time, when the file has been looked at
        with pytest.raises(KeysError, match="it is not of the form that `citewell keys` writes"):
            keyring.current()
    with pytest.raises(KeysError):
        keyring.create("secret", "x", (), TODAY)
    with pytest.raises(KeysError):
        keyring.revoke("a")
    assert file.read_bytes() == content


@pytest.mark.parametrize("command", [["create"], ["list"], ["list", "--json"], ["revoke", "a"]])
def test_every_command_names_a_damaged_file(run: Run, data: Path, command: list[str]) -> None:
    data.mkdir()
    (data / "keys.json").write_text("{", encoding="utf-8")
    assert run("keys", *command).error(1) == f"{data / 'keys.json'} {UNFIT}"


def test_a_server_does_not_start_on_damaged_keys(run: Run, data: Path) -> None:
    data.mkdir()
    (data / "keys.json").write_text("{", encoding="utf-8")
    assert run("serve", "--port", "0").error(1) == f"{data / 'keys.json'} {UNFIT}"


def test_a_file_that_cannot_be_opened_lets_nobody_in(tmp_path: Path) -> None:
    (tmp_path / "keys.json").mkdir()
    with pytest.raises(KeysError, match=r"cannot be read \(Is a directory\)"):
        Keyring(tmp_path).current()


def test_a_data_folder_that_cannot_be_written_is_named(run: Run, data: Path) -> None:
    data.write_text("a file, no folder", encoding="utf-8")
    assert run("keys", "create").error(1) == f"{data} cannot be written (File exists); choose another with CITEWELL_DATA"
    assert run("keys", "list").out == ""


def test_a_running_server_sees_what_another_process_changes(tmp_path: Path) -> None:
    running, elsewhere = Keyring(tmp_path), Keyring(tmp_path)
    assert running.current() == KeyFile()
    presented, key = elsewhere.create("site", "page", (PAGE,), TODAY)
    assert running.current().find(presented) == key
    assert running.current().site_keys(PAGE) == (key,)
    assert running.current().has_site_keys
    elsewhere.revoke(key.id)
    assert running.current() == KeyFile()


def test_a_file_that_is_mended_is_trusted_again(tmp_path: Path) -> None:
    keyring = Keyring(tmp_path)
    presented, key = keyring.create("secret", "x", (), TODAY)
    whole = (tmp_path / "keys.json").read_bytes()
    (tmp_path / "keys.json").write_bytes(whole[:-20])
    with pytest.raises(KeysError):
        keyring.current()
    (tmp_path / "keys.json").write_bytes(whole)
    assert keyring.current().find(presented) == key


def test_a_file_of_keys_that_has_gone_lets_no_key_in(tmp_path: Path) -> None:
    keyring = Keyring(tmp_path)
    presented, _ = keyring.create("secret", "x", (), TODAY)
    (tmp_path / "keys.json").unlink()
    assert keyring.current().find(presented) is None


def test_many_who_make_and_revoke_keys_at_once_lose_none(tmp_path: Path) -> None:
    def work(number: int) -> list[Key]:
        keyring = Keyring(tmp_path)  # as another process would have: a lock of its own
        made = [keyring.create("secret", f"server {number}", (), TODAY)[1] for _ in range(6)]
        keyring.revoke(made[0].id)
        return made[1:]

    with ThreadPoolExecutor(8) as threads:
        made = [key for keys in threads.map(work, range(8)) for key in keys]
    assert len(made) == 40
    assert {key.id for key in Keyring(tmp_path).current().keys} == {key.id for key in made}


@pytest.mark.parametrize("ending", ["killed", "full"])
def test_a_change_that_does_not_come_to_its_end_leaves_the_file_as_it_was(tmp_path: Path, ending: str) -> None:
    keyring = Keyring(tmp_path)
    made = [keyring.create("secret", "server", (), TODAY)[1] for _ in range(10)]  # in more than two kilobytes
    before = (tmp_path / "keys.json").read_bytes()
    ended = subprocess.run([sys.executable, "-c", ENDING, tmp_path, ending], capture_output=True, text=True, timeout=30, check=False)
    assert ended.returncode == (-9 if ending == "killed" else 1)
    assert ("WriteError" in ended.stderr) == (ending == "full")
    assert (tmp_path / "keys.json").read_bytes() == before
    assert Keyring(tmp_path).current().keys == tuple(made)
    keyring.create("secret", "afterwards", (), TODAY)  # nor is the lock held for good
    assert len(Keyring(tmp_path).current().keys) == 11
    assert mode_of(tmp_path / "keys.json") == 0o600
    assert sorted(file.name for file in tmp_path.iterdir()) == ["keys.json", "lock"]


def test_a_full_disk_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(WriteError, match=r"cannot be written \(No space left on device\); free space, or check permissions"):
        Keyring(tmp_path).create("secret", "x", (), TODAY)
    assert not (tmp_path / "keys.json").exists()
