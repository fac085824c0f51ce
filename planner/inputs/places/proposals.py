"""Communes to propose where an address does not settle one: ranked, each with the reason."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from planner.catalogue.load import read_data
from planner.inputs.places.addresses import Gazetteer, Place, agreeing, meanings
from planner.inputs.places.mentions import read_mentions, unread_names
from planner.inputs.places.slips import one_letter_off

if TYPE_CHECKING:
    from collections.abc import Iterable

    from planner.catalogue.load import Language

MOST = 10


class Proposal(NamedTuple):
    """A commune of today, and why it may be meant.

    Attributes
    ----------
    code : of today's commune.
    place : the name by which it was found.
    found : `meant` by what is written, `in_name` by what the facility's name says, `elsewhere` by a commune's name
        whose district or province differs, `near` by a name one letter off.
    """

    code: str
    place: Place
    found: str


@lru_cache(maxsize=65_536)
def propose(text: str, gazetteer: Gazetteer, *, old: bool | None = None) -> tuple[Proposal, ...]:
    """Return the communes that an address can mean, best first, each once.

    Parameters
    ----------
    text, old : as for `address_codes`. Where the text means no commune, communes of that name in other districts and
        names one letter off stand in, those first that lie in the districts and provinces named.
    """
    meant = [meaning.place for meaning in meanings(text, gazetteer, old=old)]
    if meant:
        return _each_once((0, place, "meant") for place in meant)
    mentions = read_mentions(text, gazetteer.known)
    named = [m.name.key for m in mentions.units if "commune" in m.levels]
    parents = [m for m in mentions.units if m.levels != ("commune",)]
    keys = frozenset(gazetteer.places)
    alike = [
        name for written in (*unread_names(text, gazetteer.known), *named) for name in one_letter_off(written, keys)
    ]
    near = [
        (-agreeing(parents, place), place, "near") for key in alike if key not in named for place in _at(key, gazetteer)
    ]
    best = min((less for less, _, _ in near), default=0)
    elsewhere = [(-agreeing(parents, place), place, "elsewhere") for key in named for place in _at(key, gazetteer)]
    return _each_once([*(item for item in near if item[0] == best), *elsewhere])


def _at(key: str, gazetteer: Gazetteer) -> tuple[Place, ...]:
    return gazetteer.places.get(key, ())


def reason(proposal: Proposal, language: Language) -> str:
    """Return in words why a commune is proposed."""
    texts = read_data("places")["texts"]
    place = proposal.place
    if place.old is None:
        text = str(texts["today"][language])
    else:
        text = str(texts[_relation(proposal)][language]).format(old=place.old.address)
    return text if proposal.found == "meant" else str(texts[proposal.found][language]).format(reason=text)


def _relation(proposal: Proposal) -> str:
    place = proposal.place
    if place.earlier:
        return "earlier"
    if len(place.codes) == 1:
        return "whole"
    return "main_part" if proposal.code == place.codes[0] else "part"


def _each_once(found: Iterable[tuple[int, Place, str]]) -> tuple[Proposal, ...]:
    """Return a proposal for each commune: the least number first, then main parts before other parts."""
    ranked = [
        ((less, min(part, 1)), Proposal(code, place, how))
        for less, place, how in found
        for part, code in enumerate(place.codes)
    ]
    first: dict[str, Proposal] = {}
    for _, proposal in sorted(ranked, key=lambda item: item[0]):
        first.setdefault(proposal.code, proposal)
    return tuple(first.values())
