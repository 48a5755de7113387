"""In which language a verse is written, where nobody says so."""

from __future__ import annotations

import re
from collections.abc import Iterable

from voice.score.model import Score
from voice.score.verses import verse as verse_of
from voice.score.word_slots import one_syllable_each, wording

_LITTLE_WORDS: dict[str, str] = {
    "en": (
        "the and of to in is my thy that with for he she i you on all we his her be no "
        "shall me thou thee not but as it at by from are was o have when so this their "
        "will love"
    ),
    "de": (
        "der die das und ich ist nicht du mein dein ein eine zu den dem mit auf im so "
        "wie es sie er von mir dir mich dich wir ihr des am was noch nur auch bist sich "
        "zum aus o"
    ),
    "fr": (
        "le la les et de des un une est dans je tu il elle que qui ne pas mon ma mes "
        "ton ta pour sur au aux du ce se vous nous en par plus sans comme si son sa ses "
        "l d c'est"
    ),
    "it": (
        "il lo la gli le e di che un una non mi ti si per con del della nel al è io tu "
        "mio mia amor cor o se ma più da in sono come ch'io l"
    ),
    "es": (
        "el la los las y de que un una no mi tu se por con del en al es yo su lo me te "
        "como para más si muy ay"
    ),
    "la": (
        "et in est deus dominus domine qui tu te ad non nobis pater gloria sancta "
        "sanctus agnus dei miserere ave maria mater cum spiritu tuo regina amen"
    ),
}
"""Little words that a page of the language cannot do without."""

_FEWEST = 3
"""So many different ones of them must be there."""


def guess_language(words: Iterable[str]) -> str:
    """ISO 639-1 code by script, then by little words: kana `ja`, Han `zh`, Hangul `ko`, else `en`.

    The guess only leaves English when another language has clearly more of its little words.
    """
    bare = [re.sub(r"[^\w']", "", word.replace("’", "'").lower()) for word in words]
    text = "".join(bare)
    if re.search(r"[\u3040-\u30ff]", text):
        return "ja"
    if re.search(r"[\u4e00-\u9fff]", text):
        return "zh"
    if re.search(r"[\uac00-\ud7af]", text):
        return "ko"
    found = {
        language: [word for word in bare if word in common.split()]
        for language, common in _LITTLE_WORDS.items()
    }
    best = max(found, key=lambda language: len(found[language]))
    clear = len(set(found[best])) >= _FEWEST and len(found[best]) > 1.5 * len(found["en"])
    return best if clear else "en"


def words_of(score: Score, verse: int) -> tuple[str, ...]:
    """The words of one verse (from 1), hyphens of the music removed."""
    chosen = verse_of(score, verse)
    return tuple(word.text for word in wording(one_syllable_each(chosen.notes)).words)


def language_of(score: Score, verse: int) -> str:
    """What the file states, else a guess from the words of the verse."""
    return score.language or guess_language(words_of(score, verse))
