import codecs
import gzip

import chardet
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.errors import DocumentError
from indexer.readers.encoding import Decoded, checked_encoding, decode

CONTROL = "\N{REPLACEMENT CHARACTER}"
GERMAN = "Grüner Tee zieht zwei Minuten. Über das Wasser: Für grünen Tee darf es nicht kochen, sonst schmeckt er später bitter.\n" * 8
FRENCH = (
    "Le thé noir s'infuse trois à cinq minutes dans une eau frémissante. Après cela, il devient amer, même très sucré.\n"
    "Le thé vert préfère une eau moins chaude : quatre-vingts degrés suffisent, et deux minutes, pas davantage. Les feuilles déjà\n"
    "infusées peuvent être réutilisées une seconde fois, à condition d'être gardées au frais. La théière, elle, sera réchauffée\n"
    "avec un peu d'eau bouillante, puis vidée, avant d'y mettre les feuilles. Où conserver le thé ? À l'abri de la lumière, dans\n"
    "une boîte bien fermée, loin des épices : il s'imprègne très facilement de l'odeur de ce qui l'entoure. Voilà l'essentiel.\n"
)
RUSSIAN = "Чёрный чай заваривают от трёх до пяти минут. Зелёный чай заваривают две минуты, иначе он станет горьким.\n" * 8
CZECH = "Černý čaj se louhuje tři až pět minut. Příliš dlouho louhovaný zelený čaj zhořkne, ať je voda jakákoli.\n" * 8
GREEK = "Το μαύρο τσάι θέλει τρία έως πέντε λεπτά. Το πράσινο τσάι θέλει δύο λεπτά, αλλιώς γίνεται πικρό.\n" * 8
JAPANESE = "紅茶は三分から五分ほど蒸らします。緑茶は二分で十分です。長く置くと苦くなりますので、ご注意ください。\n" * 8
CHINESE = "红茶需要浸泡三到五分钟。绿茶只需要两分钟,时间太长就会变苦。水温应该在八十度左右。\n" * 8
KOREAN = "홍차는 삼 분에서 오 분 동안 우립니다. 녹차는 이 분이면 충분하며 오래 두면 쓴맛이 납니다.\n" * 8
WAY_OUT = "save the file as UTF-8, or name its encoding with --encoding"


# What the bytes say themselves


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (codecs.BOM_UTF32_BE, "utf-32-be"),
    ],
)
@pytest.mark.parametrize("declared", [None, "windows-1252"])
def test_a_byte_order_mark_says_how_a_file_is_encoded_whatever_else_is_declared(mark: bytes, encoding: str, declared: str | None) -> None:
    assert decode(mark + "Thé 茶 😀".encode(encoding), "x", declared) == Decoded("Thé 茶 😀")


@pytest.mark.parametrize("declared", [None, "windows-1252", "utf-16"])
def test_utf8_is_read_as_such_whatever_is_declared(declared: str | None) -> None:
    assert decode("Thé 茶 😀".encode(), "x", declared) == Decoded("Thé 茶 😀")


def test_an_empty_file_is_an_empty_text() -> None:
    assert decode(b"", "x") == decode(codecs.BOM_UTF8, "x") == Decoded("")


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=["C", "Zl", "Zp"]), min_size=1))
def test_every_text_in_utf8_comes_back_as_it_was(text: str) -> None:
    assert decode(text.encode(), "x") == Decoded(text)


# What is declared


@pytest.mark.parametrize(
    ("declared", "words"),
    [("windows-1252", "Café – 5 €"), ("koi8-r", "чай"), ("shift_jis", "緑茶"), ("cp437", "Café"), ("utf-16-le", "Café 茶")],
)
def test_a_declared_encoding_is_used_without_a_note(declared: str, words: str) -> None:
    assert decode(words.encode(declared), "x", declared) == Decoded(words)


def test_the_first_byte_that_the_declared_encoding_does_not_have_is_named() -> None:
    with pytest.raises(DocumentError, match=f"^x: byte 6 is not ascii; {WAY_OUT}$"):
        decode(b"Tea is\xe9", "x", "ascii")


@pytest.mark.parametrize(
    "name", ["nonsense", "rot13", "base64", "", "тёплый", "tea\0", "unicode_escape", "raw_unicode_escape", "idna", "punycode", "undefined"]
)
def test_a_name_that_is_no_encoding_of_text_is_refused(name: str) -> None:
    with pytest.raises(DocumentError, match=r"^there is no encoding .*; name one that Python knows, such as windows-1252$"):
        checked_encoding(name)


@pytest.mark.parametrize("name", ["windows-1252", "UTF-8", "latin1", "cp932", "gb18030"])
def test_an_encoding_is_given_back_under_its_own_name(name: str) -> None:
    assert checked_encoding(name) == name


def test_what_an_encoding_itself_complains_of_is_a_problem_and_no_crash() -> None:
    with pytest.raises(DocumentError, match=r"^x: byte \d is not shift_jis; "):
        decode(b"\xff\xff.example", "x", "shift_jis")


# What can be told from the bytes


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("windows-1252", GERMAN),
        ("windows-1252", FRENCH),
        ("windows-1251", RUSSIAN),
        ("koi8-r", RUSSIAN),
        ("windows-1250", CZECH),
        ("windows-1253", GREEK),
        ("shift_jis", JAPANESE),
        ("euc_jp", JAPANESE),
        ("gb18030", CHINESE),
        ("big5", "紅茶需要浸泡三到五分鐘。綠茶只需要兩分鐘,時間太長就會變苦。水溫應該在八十度左右。\n" * 8),
        ("euc_kr", KOREAN),
        ("utf-16-le", GERMAN),
        ("utf-16-be", RUSSIAN),
    ],
)
def test_a_longer_text_is_read_as_it_was_written_with_a_note(encoding: str, text: str) -> None:
    decoded = decode(text.encode(encoding), "x")
    assert decoded.text == text
    (note,) = decoded.notes
    assert note.startswith("read as ")
    assert note.endswith(f", as far as can be told; {WAY_OUT} to be sure")


def test_a_few_bytes_that_are_not_utf8_are_refused_rather_than_guessed() -> None:
    with pytest.raises(DocumentError, match=f"^x: is not UTF-8, and its encoding cannot be told for sure.*; {WAY_OUT}$"):
        decode("Café, thé".encode("windows-1252") + b".", "x")


def test_a_file_that_ends_in_the_middle_of_a_sign_is_refused_by_what_it_may_be() -> None:
    with pytest.raises(DocumentError, match=r"^x: ends in the middle of a sign, or is not UTF-8; copy it again, or name its encoding"):
        decode("Café".encode("windows-1252"), "x")


@pytest.mark.parametrize("content", [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\1\0\0\0\1\0\x08\x06\0\0\0", bytes(range(256)) * 4, b"\0" * 64])
def test_what_is_no_text_is_refused(content: bytes) -> None:
    with pytest.raises(DocumentError, match=r"^x: (is not|byte)"):
        decode(content, "x")


def test_utf8_with_broken_bytes_is_no_other_encoding() -> None:
    with pytest.raises(DocumentError, match=r"^x: ends in the middle of a sign, or is not UTF-8; "):
        decode("Чай заваривают от трёх до пяти минут. 緑".encode()[:-1], "x")


# Line ends and controls


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\v", "\f", "\x85", "\u2028"])
def test_every_kind_of_line_end_becomes_one(end: str) -> None:
    assert decode(f"Tea{end}is{end}hot.{end}".encode(), "x") == Decoded("Tea\nis\nhot.\n")


def test_a_paragraph_separator_is_a_blank_line() -> None:
    assert decode("Tea.\u2029Ice.".encode(), "x").text == "Tea.\n\nIce."


@pytest.mark.parametrize("sign", ["\x01", "\x08", "\x1b", "\x7f", "\x80", "\x9f"])
def test_what_a_terminal_would_obey_becomes_a_replacement_character_with_a_note(sign: str) -> None:
    assert decode(f"Tea is drunk{sign} hot or cold.".encode(), "x") == Decoded(
        f"Tea is drunk{CONTROL} hot or cold.", (f"1 control character became {CONTROL}, which readers will see; remove them",)
    )


def test_controls_are_counted() -> None:
    (note,) = decode(b"Tea\x1b is\x1b hot. " * 500 + b"Tea is drunk hot or cold. " * 1_000 + b"\x01", "x").notes
    assert note == f"1,001 control characters became {CONTROL}, which readers will see; remove them"


def test_a_tab_is_no_control() -> None:
    assert decode(b"Tea\tis hot.", "x") == Decoded("Tea\tis hot.")


def test_a_stray_null_in_a_longer_text_becomes_a_replacement_character() -> None:
    assert decode(b"Tea is drunk hot,\0or cold.", "x").text == f"Tea is drunk hot,{CONTROL}or cold."


@pytest.mark.parametrize("told", ["windows-1252", "ISO-8859-1", "ISO-8859-15", "ISO8859-15"])
def test_a_half_in_a_french_text_is_no_letter(monkeypatch: pytest.MonkeyPatch, told: str) -> None:
    monkeypatch.setattr(chardet, "detect", lambda content, **options: {"encoding": told, "confidence": 0.5})
    text = f"{FRENCH}Prendre ½ tasse de thé, puis ¼ de tasse d'eau, et attendre ¾ d'heure.\n"
    assert decode(text.encode("windows-1252"), "x").text == text


@pytest.mark.parametrize("place", [12, 40, 400])
def test_utf8_with_one_broken_byte_is_refused_as_such(place: int) -> None:
    content = GERMAN.encode()
    with pytest.raises(DocumentError, match=r"^x: is UTF-8 with bytes broken or cut off; copy it again, or save it as UTF-8$"):
        decode(content[:place] + b"\xff" + content[place:], "x")


def test_utf8_cut_off_within_a_letter_is_refused_as_such() -> None:
    content = f"{GERMAN}Grü".encode()[:-1]
    with pytest.raises(DocumentError, match=r"^x: ends in the middle of a sign, or is not UTF-8; copy it again, or name its encoding"):
        decode(content, "x")


def test_the_escapes_of_iso_2022_jp_are_no_controls() -> None:
    decoded = decode(JAPANESE.encode("iso2022_jp"), "x")
    assert decoded.text == JAPANESE
    assert decoded.notes[0].startswith("read as iso")


def test_an_archive_is_no_text() -> None:
    with pytest.raises(DocumentError, match=r"^x: is not a text file; save its text as UTF-8, or leave the file out$"):
        decode(gzip.compress(GERMAN.encode() * 3, mtime=0), "x")


@pytest.mark.parametrize(("controls", "is_text"), [(5, True), (6, False)])
def test_more_than_one_control_in_twenty_signs_is_no_text(controls: int, is_text: bool) -> None:
    content = b"\x01" * controls + b"a" * (100 - controls)
    if is_text:
        assert decode(content, "x").text == CONTROL * 5 + "a" * 95
    else:
        with pytest.raises(DocumentError, match=r"^x: is not a text file; "):
            decode(content, "x")
