"""Find a row's commune from what it says: code, names, address, name, position, holder."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import reduce
from typing import Literal, NamedTuple

from shapely import Point

from planner.inputs.places.addresses import Gazetteer, Meaning, address_codes, meanings, name_meanings
from planner.inputs.places.proposals import Proposal, propose
from planner.inputs.places.slips import has_slip, is_unknown_above

Means = Literal["code", "name", "address", "position"]

MEANS: dict[str, Means] = {"commune_name": "name", "old_commune": "address", "address": "address", "name": "address"}


class Texts(NamedTuple):
    """What a row says of its place, empty where it says nothing.

    Attributes
    ----------
    name : the address hidden in the facility's name.
    """

    commune_code: str
    commune_name: str
    old_commune: str
    old_district: str
    old_province: str
    address: str
    name: str


class Row(NamedTuple):
    """A row as far as its place goes.

    Attributes
    ----------
    name, holder : the facility's whole name, and its holder's.
    at : code of the commune at its position, empty where it is unknown.
    point : its position in degrees, None where it is unknown.
    """

    texts: Texts
    name: str
    holder: str
    at: str
    point: Point | None


class Said(NamedTuple):
    """What a column says: today's communes that it can mean.

    Attributes
    ----------
    misspelt : whether it is written with other diacritics and nothing beside it confirms the reading.
    """

    column: str
    text: str
    old: bool | None
    codes: tuple[str, ...]
    misspelt: bool = False


@dataclass(frozen=True)
class Found:
    """A row's commune and how it was found.

    Attributes
    ----------
    by : by what it was found; empty where it is unknown.
    code : today's commune, None where it is unknown.
    candidates : what it may be where several are named.
    contradicting : columns that name another commune, with its code.
    misspelt : the column whose name was read otherwise than written; empty where none was.
    unread : the column with a district or province that nobody knows; empty where there is none.
    """

    by: Means | Literal[""] = ""
    code: str | None = None
    candidates: tuple[str, ...] = ()
    contradicting: tuple[tuple[str, str], ...] = ()
    misspelt: str = ""
    unread: str = ""


def find_commune(texts: Texts, at: str, codes: Collection[str], gazetteer: Gazetteer) -> Found:
    """Return a row's commune.

    A code counts before a name, a name before the address, the address before the position; columns that each leave
    several communes open settle it where they share one.

    Parameters
    ----------
    at : code of the commune at the row's position, empty where it is unknown.
    codes : codes of the communes table.
    """
    said = what_is_said(texts, gazetteer)
    if texts.commune_code in codes:
        return Found("code", texts.commune_code, contradicting=_contradicting(texts.commune_code, said))
    sure = next((item for item in said if len(item.codes) == 1), None)
    if sure is not None:
        (code,) = sure.codes
        misspelt = sure.column if sure.misspelt or has_slip(sure.text, gazetteer.known, ("commune",)) else ""
        others, unread = _contradicting(code, said), _unread(texts, sure, gazetteer)
        return Found(MEANS[sure.column], code, contradicting=others, misspelt=misspelt, unread=unread)
    unsure = _shared([item.codes for item in said if item.codes])
    if len(unsure) == 1:
        return Found("address", unsure[0])
    if at and (not unsure or at in unsure):
        return Found("position", at)
    return Found(candidates=unsure)


def _unread(texts: Texts, sure: Said, gazetteer: Gazetteer) -> str:
    """Return the column with a district or province that nobody knows and that so confirmed nothing."""
    for column, text in (("old_district", _numbered("quận", texts.old_district)), ("old_province", texts.old_province)):
        if text and is_unknown_above(text, gazetteer.known):
            return column
    return sure.column if has_slip(sure.text, gazetteer.known, ("district", "province")) else ""


def settled_by_holder(found: Found, holder: str, gazetteer: Gazetteer) -> Found:
    """Return a row's commune where its holder is named after one of several that it may lie in."""
    codes = address_codes(holder, gazetteer) if found.candidates and holder else ()
    return Found("address", codes[0]) if len(codes) == 1 and codes[0] in found.candidates else found


def what_is_said(texts: Texts, gazetteer: Gazetteer) -> list[Said]:
    """Return what each column says, the surest first."""
    parents = ", ".join(filter(None, (_numbered("quận", texts.old_district), texts.old_province)))
    said = []
    if texts.commune_name and not parents:
        said.append(
            _said("commune_name", texts.commune_name, name_meanings(texts.commune_name, gazetteer, texts.address))
        )
    for column, text, old in (
        ("commune_name", texts.commune_name, False if parents else None),
        ("old_commune", _numbered("phường", texts.old_commune), True),
        ("address", texts.address, None),
        ("name", texts.name, None),
    ):
        if not text:
            continue
        beside = f"{text}, {parents}" if parents else text
        said.append(_said(column, beside, meanings(beside, gazetteer, old=old), old))
    return said


def proposals(row: Row, gazetteer: Gazetteer) -> tuple[Proposal, ...]:
    """Return ranked communes for a row that nothing settles, at last those that the facility's name says."""
    said = what_is_said(row.texts, gazetteer)
    meaning = [item for item in said if item.codes]
    for item in meaning or said:
        if found := propose(item.text, gazetteer, old=item.old):
            return found
    named = propose(row.name, gazetteer) if address_codes(row.name, gazetteer) else ()
    return tuple(item._replace(found="in_name") for item in named)


def _said(column: str, text: str, found: tuple[Meaning, ...], old: bool | None = None) -> Said:  # noqa: FBT001
    codes = tuple(dict.fromkeys(code for meaning in found for code in meaning.place.codes))
    return Said(column, text, old, codes, misspelt=any(meaning.misspelt for meaning in found))


def _numbered(kind: str, text: str) -> str:
    return f"{kind} {text}" if text.isdecimal() else text


def _shared(found: list[tuple[str, ...]]) -> tuple[str, ...]:
    """Return the codes that all readings share; those of the surest where they share none."""
    if not found:
        return ()
    return reduce(lambda left, right: tuple(code for code in left if code in right), found) or found[0]


def _contradicting(code: str, said: list[Said]) -> tuple[tuple[str, str], ...]:
    agreeing = {item.column for item in said if code in item.codes}
    named = {item.column: item.codes[0] for item in said if len(item.codes) == 1}
    return tuple((column, other) for column, other in named.items() if column not in agreeing)
