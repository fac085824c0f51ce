"""Text of TCVN3 and VNI becomes Unicode, and nothing else is touched."""

from __future__ import annotations

import shutil
import subprocess
import unicodedata
from itertools import product
from typing import Any, Literal

import pytest

from planner.inputs.cells.legacy import TCVN3, Changed, is_syllable, modernise, to_unicode, verdict
from planner.inputs.places.units import old_communes
from tests.inputs.legacy_fonts import encode

Encoding = Literal["TCVN3", "VNI"]

BASES = "aăâeêioôơuưy"
TONES = ("", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323")
SMALL = [unicodedata.normalize("NFC", base + tone) for base, tone in product(BASES, TONES)]
SMALL = [letter for letter in [*SMALL, "đ"] if not letter.isascii()]
LETTERS = [*SMALL, *(letter.upper() for letter in SMALL)]
BOTH: tuple[Encoding, ...] = ("TCVN3", "VNI")

MOTTO = "Cộng hòa xã hội chủ nghĩa Việt Nam, Độc lập - Tự do - Hạnh phúc"
TYPED = {
    "TCVN3": "Céng hßa x· héi chñ nghÜa ViÖt Nam, §éc lËp - Tù do - H¹nh phóc",
    "VNI": "Coäng hoøa xaõ hoäi chuû nghóa Vieät Nam, Ñoäc laäp - Töï do - Haïnh phuùc",
}
SENTENCES = (
    MOTTO,
    "Trường Tiểu học Nguyễn Huệ, xã Hướng Đạo (điểm trường thôn cũ)",
    "Diện tích đất (m²): 1.234,5; giấy chứng nhận số CĐ 123456 ngày 05/3/2014",
    "TRỤ SỞ ỦY BAN NHÂN DÂN PHƯỜNG BẮC CƯỜNG, THÀNH PHỐ LÀO CAI",
    "Nhà lớp học 2 tầng 8 phòng, mái tôn, xây dựng năm 1998, đã xuống cấp nặng",
)


def names() -> list[str]:
    return [unicodedata.normalize("NFC", commune.full_name) for commune in old_communes()]


def column(cells: list[str]) -> list[str]:
    rows, _ = modernise([[cell] for cell in cells])
    return [str(row[0]) for row in rows]


def test_the_letters_are_all_134() -> None:
    assert len(set(LETTERS)) == 134


@pytest.mark.parametrize("letter", LETTERS)
@pytest.mark.parametrize("encoding", BOTH)
def test_every_letter_there_and_back(letter: str, encoding: Encoding) -> None:
    word = f"N{letter}N" if letter.isupper() else f"n{letter}n"  # TCVN3 shows a capital by the capitals around it
    typed = encode(word, encoding)
    assert typed != word or letter in {"TCVN3": "ý", "VNI": "íìÍÌ"}[encoding]
    assert to_unicode(typed, encoding) == word


@pytest.mark.skipif(shutil.which("iconv") is None, reason="the C library's own table is asked through iconv")
def test_the_table_of_tcvn3_is_that_of_the_c_library() -> None:
    codes = "".join(TCVN3).encode("latin-1")
    found = subprocess.run(["iconv", "-f", "TCVN", "-t", "UTF-8"], input=codes, capture_output=True, check=False)
    if found.returncode:
        pytest.skip("this iconv does not know TCVN")
    assert unicodedata.normalize("NFC", found.stdout.decode()) == "".join(TCVN3.values())


@pytest.mark.parametrize("encoding", BOTH)
def test_the_motto_as_it_was_typed(encoding: Encoding) -> None:
    assert encode(MOTTO, encoding) == TYPED[encoding]
    assert verdict(TYPED[encoding]) == encoding
    assert to_unicode(TYPED[encoding], encoding) == MOTTO


@pytest.mark.parametrize("sentence", SENTENCES)
@pytest.mark.parametrize("encoding", BOTH)
def test_sentences_there_and_back(sentence: str, encoding: Encoding) -> None:
    assert column([encode(sentence, encoding)]) == [sentence]


@pytest.mark.parametrize("encoding", BOTH)
def test_all_names_of_communes_in_a_column_are_found(encoding: Encoding) -> None:
    spelled = [name for name in names() if not name.isascii()]
    found = column([encode(name, encoding) for name in spelled])
    missed = [name for name, read in zip(spelled, found, strict=True) if name.lower() != read.lower()]
    assert len(missed) <= 0.01 * len(spelled), missed[:10]


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("case", [str, str.upper, str.lower])
def test_names_in_unicode_are_never_touched(form: Literal["NFC", "NFD"], case: type[str]) -> None:
    spelled = [unicodedata.normalize(form, case(name)) for name in names()]
    assert [name for name in set(spelled) if verdict(name) in BOTH] == []
    rows: list[list[object]] = [[name] for name in spelled]
    assert modernise(rows) == (rows, [])  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text",
    [
        "Land area", "café", "Noël", "naïve", "résumé", "tôt", "là", "Hôtel de Ville", "Crème brûlée", "Müller",
        "Straße", "Köln", "São Paulo", "España", "Malmö", "5 µg/m³", "µm", "m²", "25°C", "© 2024", "®", "Excel®",
        "§ 12", "1½", "120×30", "Ø110", "Thép Ø12", "«Mai»", "· Nhà", "Hòa Bình", "Hoà Bình", "THÁI HÒA", "Lý",
        "Ðông Hà", "Phóc", "Côn Sơn",
    ],
)  # fmt: skip
def test_what_is_no_proof_stays(text: str) -> None:
    assert verdict(text) not in BOTH
    assert column([text]) == [text]


def test_a_doubtful_text_follows_its_column() -> None:
    assert column(["Phóc", "X· B¶o Th¾ng", "Léc"]) == ["Phúc", "Xã Bảo Thắng", "Lộc"]
    assert column(["Phóc", "Xã Bảo Thắng", "Léc"]) == ["Phóc", "Xã Bảo Thắng", "Léc"]


def test_a_doubtful_text_of_a_mixed_column_follows_its_row() -> None:
    rows, changes = modernise([["Phóc", "X· B¶o Th¾ng"], ["Phóc", "Xã Bảo Thắng"], ["X· Léc S¬n", None], [1.5, "x"]])
    assert rows == [["Phúc", "Xã Bảo Thắng"], ["Phóc", "Xã Bảo Thắng"], ["Xã Lộc Sơn", None], [1.5, "x"]]
    assert changes[0] == Changed(0, 0, "TCVN3", "Phóc")
    assert [(change.row, change.column) for change in changes] == [(0, 0), (0, 1), (2, 0)]


def test_both_encodings_may_stand_in_one_sheet() -> None:
    assert column([TYPED["TCVN3"], TYPED["VNI"], MOTTO]) == [MOTTO, MOTTO, MOTTO]


def test_signs_beside_digits_are_no_letters() -> None:
    assert column(["Nhµ cÊp 4, 12×30 m, m¸i t«n 2½"]) == ["Nhà cấp 4, 12×30 m, mái tôn 2½"]


def test_what_the_text_alone_cannot_tell() -> None:
    assert to_unicode("LµO CAI", "TCVN3") == "LÀO CAI"
    assert to_unicode("lµo cai", "TCVN3") == "lào cai"  # a font of capitals would have shown LÀO CAI
    assert to_unicode("B¾c ¸i", "TCVN3") == "Bắc ái"


@pytest.mark.parametrize(
    "word",
    [
        "Nghĩa",
        "quỳnh",
        "khuỷu",
        "giếng",
        "già",
        "quá",
        "giũ",
        "hoà",
        "thuỷ",
        "của",
        "tài",
        "Đắk",
        "Krông",
        "gìn",
        "uống",
        "xã",
    ],
)
def test_syllables(word: str) -> None:
    assert is_syllable(word)
    assert is_syllable(unicodedata.normalize("NFD", word))


@pytest.mark.parametrize("word", ["sãc", "cafe", "tôt", "mêng", "Xaõ", "strasse", "resume", "áà", "k"])
def test_no_syllables(word: str) -> None:
    assert not is_syllable(word)


def test_a_heading_in_unicode_does_not_keep_a_column_from_being_read() -> None:
    rows: list[list[Any]] = [
        ["Tên cơ sở", "Số quyết định", "Mật"],
        *(["Tr­êng mÇm non §ång Yªn", "1/Q§-UBND", "Có"] for _ in range(3)),
    ]
    read, _ = modernise(rows)
    assert read[1] == ["Trường mầm non Đồng Yên", "1/QĐ-UBND", "Có"]
