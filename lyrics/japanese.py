"""Japanese: kana as they stand, kanji through Open JTalk's dictionary, romaji too.

One mora is one syllable, as scores write it. `ん` is held as ɴ; `っ` closes the vowel before it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module

from lyrics.errors import PronunciationError
from lyrics.kana import Mora, is_kana, kana_to_phonemes, normalize_kana
from lyrics.phonemes import INVENTORY
from lyrics.romaji import is_romaji, romaji_to_kana
from lyrics.syllables import Pronunciation, Syllable, syllable_of
from lyrics.words import bare_word

_STOP: Mora = ("ʔ",)
_NASAL: Mora = ("ɴ",)
_PARTICLE = "助詞"
_VOWEL_WITHOUT_CONTEXT = "ɯ"
_GLIDES = {"i": "ɪ̯", "ɯ": "ʊ̯"}


@dataclass(frozen=True)
class JapanesePronouncer:
    language: str = "ja"

    def pronounce(self, words: Sequence[str]) -> tuple[Pronunciation, ...]:
        """Mora by mora; a word that is only `ー` or `っ` continues the word before it."""
        bare = [bare_word(word) for word in words]
        readings = _readings(bare)
        found: list[Pronunciation] = []
        for word, reading in zip(words, readings, strict=True):
            before = found[-1].syllables[-1].nucleus.symbol if found else ""
            found.append(Pronunciation(word, _syllables(_morae(reading, before), before)))
        return tuple(found)

    def alternatives(self, word: str) -> tuple[Pronunciation, ...]:
        """One note per mora first; then long vowels, ん, っ and い share the note before them."""
        (usual,) = self.pronounce([word])
        forms = [usual.syllables]
        while merged := _with_one_merge(forms[-1]):
            forms.append(merged)
        return tuple(Pronunciation(word, syllables) for syllables in forms)


def _readings(words: Sequence[str]) -> list[str]:
    """Each word in kana. The dictionary reads the sentence at once, since neighbours decide."""
    if all(is_kana(word) or is_romaji(word) for word in words):
        return [_with_long_o(word) if is_kana(word) else romaji_to_kana(word) for word in words]
    nodes = _analyse("".join(words))
    starts = {node.start: index for index, node in enumerate(nodes)}
    readings, position = [], 0
    for word in words:
        end = position + len(word)
        inside = [node for node in nodes if position <= node.start < end]
        whole = position in starts and bool(inside) and inside[-1].end == end
        readings.append(_reading(word, inside if whole else []))
        position = end
    return readings


def _reading(word: str, nodes: Sequence[Node]) -> str:
    if is_romaji(word):
        return romaji_to_kana(word)
    if is_kana(word):
        particle = len(nodes) == 1 and nodes[0].particle
        return nodes[0].kana if particle else _with_long_o(word)
    return "".join(node.kana for node in nodes or _analyse(word))


@dataclass(frozen=True)
class Node:
    """One dictionary word of a sentence: where its letters stand and how they are read."""

    start: int
    end: int
    kana: str
    particle: bool


def _analyse(text: str) -> list[Node]:
    nodes, position = [], 0
    for entry in import_module("pyopenjtalk").run_frontend(text):
        surface, kana = str(entry["string"]), str(entry["pron"]).replace("’", "")
        if not is_kana(kana):
            raise PronunciationError(
                f"no reading is known for {surface!r} in {text!r}; write it in kana or give its "
                f"sounds, as in 君[k i . m i]"
            )
        end = position + len(surface)
        nodes.append(Node(position, end, kana, entry["pos"] == _PARTICLE))
        position = end
    return nodes


def _with_long_o(kana: str) -> str:
    """`おうじ` is sung o-o-ji but `おもう` o-mo-u: the dictionary knows, the spelling does not."""
    plain = normalize_kana(kana)
    if "う" not in plain[1:]:
        return kana
    spelled = kana_to_phonemes(kana)
    spoken = "".join(node.kana for node in _analyse(kana))
    heard = kana_to_phonemes(spoken)
    if len(spelled) != len(heard):
        return kana
    pairs = zip(spelled, heard, strict=True)
    differ = [(one, other) for one, other in pairs if one != other]
    return spoken if all(pair == (("ɯ",), ("o",)) for pair in differ) else kana


def _morae(reading: str, before: str) -> tuple[Mora, ...]:
    held = normalize_kana(reading)
    if held[0] in "ー〜~" and before:
        later = kana_to_phonemes(held[1:]) if len(held) > 1 else ()
        return ((before,), *later)
    return kana_to_phonemes(held)


def _syllables(morae: Sequence[Mora], before: str) -> tuple[Syllable, ...]:
    return tuple(_each_syllable(morae, before))


def _each_syllable(morae: Sequence[Mora], before: str) -> Iterator[Syllable]:
    vowel, waiting = before, False
    for index, mora in enumerate(morae):
        if mora == _STOP and not vowel and index + 1 < len(morae):
            waiting = True
            continue
        if mora == _STOP:
            yield syllable_of((vowel or _VOWEL_WITHOUT_CONTEXT, *_STOP))
            continue
        yield syllable_of((*_STOP, *mora) if waiting else mora)
        vowel, waiting = mora[-1], False


def _with_one_merge(syllables: tuple[Syllable, ...]) -> tuple[Syllable, ...]:
    """The word with one syllable less, or nothing where no two can share a note."""
    for mergeable in (_merge_long, _merge_nasal, _merge_stop, _merge_glide):
        for index in range(1, len(syllables)):
            merged = mergeable(syllables[index - 1], syllables[index])
            if merged:
                return (*syllables[: index - 1], merged, *syllables[index + 1 :])
    return ()


def _merge_long(one: Syllable, other: Syllable) -> Syllable | None:
    if one.coda or other.onset or other.coda or one.nucleus != other.nucleus:
        return None
    return one


def _merge_nasal(one: Syllable, other: Syllable) -> Syllable | None:
    if other.symbols != _NASAL or not one.nucleus.is_vowel or "ɴ" in one.symbols:
        return None
    return Syllable(one.onset, one.nucleus, (*one.coda, other.nucleus))


def _merge_stop(one: Syllable, other: Syllable) -> Syllable | None:
    closed = tuple(phoneme.symbol for phoneme in other.coda) == _STOP
    if not closed or other.onset or other.nucleus != one.nucleus:
        return None
    return Syllable(one.onset, one.nucleus, (*one.coda, *other.coda))


def _merge_glide(one: Syllable, other: Syllable) -> Syllable | None:
    glide = _GLIDES.get(other.nucleus.symbol)
    if other.onset or one.coda or glide is None or not one.nucleus.is_vowel:
        return None
    return Syllable(one.onset, one.nucleus, (INVENTORY[glide], *other.coda))
