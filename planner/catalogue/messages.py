"""Messages in Vietnamese and English from `messages.toml`: what is wrong and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from planner.catalogue.load import Language, read_data


class Message(NamedTuple):
    """A finding and its fix in one language."""

    text: str
    fix: str


def message(key: str, language: Language, /, **values: object) -> Message:
    """Return a message with its fields filled.

    Parameters
    ----------
    key : the message's name in `messages.toml`, in snake case.
    values : fields of the message; text is put in as it is.
    """
    row = read_data("messages")[key]
    return Message(row[language].format(**values), row.get(f"fix_{language}", "").format(**values))


def allowed_value(kind: str, language: Language, values: Mapping[str, object]) -> str | None:
    """Return what a key allows, None where there is no wording.

    Parameters
    ----------
    kind : the mistake, as pydantic names it. values : fields of the wording, as pydantic gives them.
    """
    row = read_data("allowed_values").get(kind)
    alternatives = {"vi": " hoặc ", "en": " or "}[language]
    words = {
        name: f"{value:g}" if isinstance(value, float) else str(value).replace(" or ", alternatives)
        for name, value in values.items()
    }
    return None if row is None else row[language].format(**words)
