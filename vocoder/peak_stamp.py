"""The time of writing that libsndfile leaves in float files, taken out again."""

from __future__ import annotations

from pathlib import Path

PEAK_STAMP_AT = 12
RIFF_HEADER_BYTES = 12


def clear_peak_stamp(path: Path) -> None:
    """Take the time of writing out of the PEAK chunk that libsndfile gives to float files."""
    with path.open("r+b") as file:
        at = RIFF_HEADER_BYTES
        while True:
            file.seek(at)
            name, length = file.read(4), int.from_bytes(file.read(4), "little")
            if len(name) < 4 or name == b"data":
                return
            if name == b"PEAK":
                file.seek(at + PEAK_STAMP_AT)
                file.write(bytes(4))
                return
            at += 8 + length + length % 2
