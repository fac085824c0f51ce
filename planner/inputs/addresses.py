"""From a name or an address, in old or new units, to the communes of today that it can mean."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, reduce
from typing import NamedTuple

from planner.inputs.units import (
    BREAK,
    KINDS,
    Level,
    Name,
    OldCommune,
    joined,
    kind_at,
    marks,
    old_communes,
    todays_communes,
    unit_name,
    words,
)

_LONGEST_NAME = 5
_OLD = "cũ"
_NOW_CALLED = re.compile(r"\bnay\s+(?:là|thuộc)\b", re.IGNORECASE)
_HIDDEN = re.compile(r"địa\s*chỉ\s*:?|\n", re.IGNORECASE)


class Mention(NamedTuple):
    """A unit named in a text; `old` where the text adds `cũ`."""

    level: Level
    name: Name
    old: bool = False


class Candidate(NamedTuple):
    """A commune under one of its names and the codes of today's communes it stands for, the main one first."""

    name: Name
    codes: tuple[str, ...]
    old: OldCommune | None = None


@dataclass(frozen=True)
class Gazetteer:
    """The names that an address can mean in one run.

    Attributes
    ----------
    today : today's communes of the table by key.
    old : old communes that went to them by key.
    earlier : the same communes under names that had gone before June 2025.
    provinces : keys of today's provinces of the table; empty where its codes are not official ones.
    old_provinces : keys of the provinces of the old communes.
    known : every name of a level in the country: so `xã Tân Long Hội` is never read as `xã Tân Long`.
    """

    today: Mapping[str, tuple[Candidate, ...]]
    old: Mapping[str, tuple[Candidate, ...]]
    earlier: Mapping[str, tuple[Candidate, ...]]
    provinces: frozenset[str]
    old_provinces: frozenset[str]
    known: Mapping[Level, frozenset[str]]


def make_gazetteer(communes: Mapping[str, str]) -> Gazetteer:
    """Return the names for a table of communes.

    Parameters
    ----------
    communes : full name by code of today's communes.
    """
    today = [Candidate(unit_name(name, "commune"), (code,)) for code, name in communes.items()]
    kept = {item: codes for item in old_communes() if (codes := tuple(code for code in item.today if code in communes))}
    known = _names_of_the_country()
    return Gazetteer(
        today=_by_key(today),
        old=_by_key(Candidate(item.name, codes, item) for item, codes in kept.items()),
        earlier=_by_key(Candidate(name, codes, item) for item, codes in kept.items() for name in item.earlier),
        provinces=frozenset(province.key for code, _, province in todays_communes() if code in communes),
        old_provinces=frozenset(item.province.key for item in kept),
        known={**known, "commune": known["commune"] | {item.name.key for item in today}},
    )


@cache
def _names_of_the_country() -> dict[Level, frozenset[str]]:
    old = old_communes()
    communes = {name.key for item in old for name in (item.name, *item.earlier)}
    districts = {name.key for item in old for name in (item.district, *item.earlier_districts)}
    return {
        "commune": frozenset(communes | {name.key for _, name, _ in todays_communes()}),
        "district": frozenset(districts),
        "province": frozenset(item.province.key for item in old),
    }


@cache
def _cities_with_the_rank_of_a_province() -> frozenset[str]:
    return frozenset(item.province.key for item in old_communes() if item.province.kind == "thanh pho")


def _by_key(candidates: Iterable[Candidate]) -> dict[str, tuple[Candidate, ...]]:
    found: dict[str, tuple[Candidate, ...]] = {}
    for candidate in candidates:
        found[candidate.name.key] = (*found.get(candidate.name.key, ()), candidate)
    return found


def hidden_address(name: str) -> str:
    """Return the address that stands in a facility's name after `địa chỉ:` or a line break, or an empty text."""
    parts = _HIDDEN.split(unicodedata.normalize("NFC", name))
    return parts[-1].strip() if len(parts) > 1 else ""


def name_codes(text: str, gazetteer: Gazetteer) -> tuple[str, ...]:
    """Return the codes of today's communes with this name, with or without its kind (`Xã`, `Phường`)."""
    name = unit_name(text, "commune")
    return _codes(_narrow(gazetteer.today.get(name.key, ()), name))


def address_codes(text: str, gazetteer: Gazetteer, *, old: bool = False) -> tuple[str, ...]:
    """Return the codes of today's communes that an address can mean.

    Parameters
    ----------
    text : an address; units announced (`xã`, `P.`, `huyện`, …) or parted by commas.
    old : whether the units are known to be old ones.

    Returns
    -------
    One code where the address is certain, several where it is not, none where it names no commune of the table.
    """
    before, *after = _NOW_CALLED.split(unicodedata.normalize("NFC", text), maxsplit=1)
    if after and (codes := address_codes(after[0], gazetteer)):
        return codes
    mentions = find_mentions(before, gazetteer)
    if _elsewhere(mentions, gazetteer):
        return ()
    old = old or any(m.level == "district" or _is_old_province(m, gazetteer) for m in mentions)
    found = [_meanings(m, mentions, gazetteer, old=old or m.old) for m in mentions if m.level == "commune"]
    found = [codes for codes in found if codes]
    if not found:
        return ()
    shared = reduce(lambda left, right: tuple(code for code in left if code in right), found)
    return shared or tuple(dict.fromkeys(code for codes in found for code in codes))


def find_mentions(text: str, gazetteer: Gazetteer) -> list[Mention]:
    """Return the communes, districts and provinces that a text names."""
    found: list[Mention] = []
    alone: list[Name] = []
    for part in _parts(words(text)):
        announced = _announced_in(part, gazetteer)
        if part == [_OLD] and found:
            found[-1] = found[-1]._replace(old=True)
        elif not announced:
            alone.append(joined([word for word in part if word != _OLD], ""))
        found += announced
    return found + _unannounced(alone, {mention.level for mention in found}, gazetteer)


def _parts(text: list[str]) -> list[list[str]]:
    parts: list[list[str]] = [[]]
    for word in text:
        if word == BREAK:
            parts.append([])
        else:
            parts[-1].append(word)
    return [part for part in parts if part]


def _announced_in(part: list[str], gazetteer: Gazetteer) -> list[Mention]:
    """Return the units that stand after `xã`, `huyện`, … in a part of a text."""
    found: list[Mention] = []
    start = 0
    while start < len(part):
        announced, length = kind_at(part, start)
        start += max(length, 1)
        mention = _longest(part[start:], announced, gazetteer) if length else None
        if mention is not None:
            found.append(mention)
            start += len(mention.name.text.split())
    return found


def _longest(text: list[str], announced: str, gazetteer: Gazetteer) -> Mention | None:
    """Return the unit with the longest name that the text begins with."""
    for length in range(min(_LONGEST_NAME, len(text)), 0, -1):
        for level in _levels(announced, joined(text[:length], "").key):
            name = joined(text[:length], KINDS[level][announced])
            if name.key in gazetteer.known[level]:
                return Mention(level, name, old=text[length : length + 1] == [_OLD])
    return None


def _levels(announced: str, key: str) -> list[Level]:
    """Return the levels of a unit announced by a word: `thành phố` is a province's or a district's."""
    levels: list[Level] = [level for level, kinds in KINDS.items() if announced in kinds]
    if levels == ["district", "province"]:
        return ["province"] if key in _cities_with_the_rank_of_a_province() else ["district"]
    return levels


def _unannounced(names: list[Name], announced: set[Level], gazetteer: Gazetteer) -> list[Mention]:
    """Return units that stand alone between commas, as in `Tân Quới, Bình Tân, Vĩnh Long`."""
    names = list(names)
    found: list[Mention] = []
    if "province" not in announced and names and names[-1].key in gazetteer.known["province"]:
        found.append(Mention("province", names.pop()))
    if "district" not in announced and len(names) > 1 and names[-1].key in gazetteer.known["district"]:
        found.append(Mention("district", names.pop()))
    if "commune" not in announced:
        found += [Mention("commune", name) for name in names if name.key in gazetteer.known["commune"]][-1:]
    return found


def _elsewhere(mentions: list[Mention], gazetteer: Gazetteer) -> bool:
    """Return whether the text names a province that has no part in the table."""
    here = gazetteer.provinces | gazetteer.old_provinces
    return bool(here) and any(m.level == "province" and m.name.key not in here for m in mentions)


def _is_old_province(mention: Mention, gazetteer: Gazetteer) -> bool:
    gone = bool(gazetteer.provinces) and mention.name.key not in gazetteer.provinces
    return mention.level == "province" and (mention.old or gone)


def _meanings(mention: Mention, mentions: list[Mention], gazetteer: Gazetteer, *, old: bool) -> tuple[str, ...]:
    """Return what one commune's name can mean, given the districts and provinces named beside it."""
    key, kind = mention.name.key, mention.name.kind
    today = _narrow(gazetteer.today.get(key, ()), mention.name)
    if not old and len(today) == 1 and kind in ("", today[0].name.kind):
        return _codes(today)
    for names in (gazetteer.old, gazetteer.earlier):
        there = tuple(c for c in names.get(key, ()) if c.old and _lies_in(c.old, mentions, gazetteer))
        if there:
            return _codes((*_narrow(there, mention.name), *(() if old else today)))
    return _codes(c for c in today if not old or _had_a_part_there(c.codes[0], mentions, gazetteer))


def _lies_in(commune: OldCommune, mentions: list[Mention], gazetteer: Gazetteer) -> bool:
    """Return whether an old commune lay in the districts and provinces named.

    Lists keep today's province beside old districts, and `tỉnh Vĩnh Long` can be the old or the new one: the name of a
    province of today says nothing unless the text adds `cũ`.
    """
    districts = {m.name.key for m in mentions if m.level == "district"}
    old_provinces = {m.name.key for m in mentions if _is_old_province(m, gazetteer)}
    own = {name.key for name in (commune.district, *commune.earlier_districts)}
    return (not districts or bool(districts & own)) and (not old_provinces or commune.province.key in old_provinces)


def _had_a_part_there(code: str, mentions: list[Mention], gazetteer: Gazetteer) -> bool:
    parts = (c.old for group in gazetteer.old.values() for c in group if c.old and code in c.codes)
    return any(_lies_in(part, mentions, gazetteer) for part in parts)


def _narrow(candidates: tuple[Candidate, ...], name: Name) -> tuple[Candidate, ...]:
    """Keep the candidates with the same diacritics, then those of the same kind, where there are any."""
    same = tuple(c for c in candidates if marks(c.name.text) == marks(name.text)) or candidates
    return tuple(c for c in same if c.name.kind == name.kind) or same


def _codes(candidates: Iterable[Candidate]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(code for candidate in candidates for code in candidate.codes))
