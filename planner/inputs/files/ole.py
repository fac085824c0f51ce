"""The compound file that holds an .xls workbook, or a workbook under a password: its streams by name."""

from __future__ import annotations

import struct
from typing import NamedTuple

MAGIC = bytes.fromhex("d0cf11e0a1b11ae1")
_LAST_SECTOR = 0xFFFFFFFA  # numbers from here on mean: no further sector
_ENTRY = 128
_SMALL_STREAM = 4096
_SMALL_SECTOR = 64
_HEADER_FAT_SECTORS = 109


class Stream(NamedTuple):
    """Where a stream begins and how long it is, in bytes."""

    start: int
    size: int


class CompoundFile:
    """A compound file in memory, after [MS-CFB]; damaged chains end where they break.

    Parameters
    ----------
    data : the whole file, beginning with `MAGIC`.

    Attributes
    ----------
    streams : name of each stream or storage → where it is.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._sector = 1 << min(struct.unpack_from("<H", data, 30)[0], 12)
        self._table = self._sector_table()
        self.streams = self._directory()

    def read(self, name: str) -> bytes:
        """Return the bytes of a stream."""
        stream = self.streams[name]
        chain = self._small_chain if stream.size < _SMALL_STREAM else self._chain
        return chain(stream.start)[: stream.size]

    def _at(self, number: int) -> bytes:
        return self._data[(number + 1) * self._sector : (number + 2) * self._sector]

    def _sector_table(self) -> list[int]:
        """Return the number of the sector that follows each sector."""
        parts = list(struct.unpack_from(f"<{_HEADER_FAT_SECTORS}I", self._data, 76))
        following = struct.unpack_from("<I", self._data, 68)[0]
        seen: set[int] = set()
        while following < _LAST_SECTOR and following not in seen:
            seen.add(following)
            *more, following = _numbers(self._at(following)) or [_LAST_SECTOR]
            parts += more
        return [number for part in parts if part < _LAST_SECTOR for number in _numbers(self._at(part))]

    def _chain(self, start: int) -> bytes:
        parts = []
        number, left = start, len(self._table)
        while number < len(self._table) and left > 0:
            parts.append(self._at(number))
            number, left = self._table[number], left - 1
        return b"".join(parts)

    def _small_chain(self, start: int) -> bytes:
        """Return a small stream: its pieces lie within the stream of the root entry."""
        pieces = self._chain(self.streams["Root Entry"].start)
        table = _numbers(self._chain(struct.unpack_from("<I", self._data, 60)[0]))
        parts = []
        number, left = start, len(table)
        while number < len(table) and left > 0:
            parts.append(pieces[number * _SMALL_SECTOR : (number + 1) * _SMALL_SECTOR])
            number, left = table[number], left - 1
        return b"".join(parts)

    def _directory(self) -> dict[str, Stream]:
        data = self._chain(struct.unpack_from("<I", self._data, 48)[0])
        streams = {}
        for begin in range(0, len(data) - _ENTRY + 1, _ENTRY):
            length = struct.unpack_from("<H", data, begin + 64)[0]
            name = data[begin : begin + max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")
            start, size = struct.unpack_from("<II", data, begin + 116)
            streams[name] = Stream(start, size)
        return streams


def _numbers(sector: bytes) -> list[int]:
    return list(struct.unpack(f"<{len(sector) // 4}I", sector[: len(sector) // 4 * 4]))
