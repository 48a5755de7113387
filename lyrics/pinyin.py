"""Mandarin pinyin to phonemes, one syllable at a time.

Tones are melody and belong to the score, so marks and digits are read and dropped. `v` and `u:` are
ü; `eh` is ê. Voicebanks of the UTAU tradition add the spellings `-i` and `h-i` for the vowels of
si and shi, and `lyu`, `nyu` for lü, nü.
"""

from __future__ import annotations

import re
import unicodedata

from lyrics.errors import PronunciationError

Sounds = tuple[str, ...]

_INITIALS: dict[str, Sounds] = {
    "b": ("b̥",),
    "p": ("pʰ",),
    "m": ("m",),
    "f": ("f",),
    "d": ("d̥",),
    "t": ("tʰ",),
    "n": ("n",),
    "l": ("l",),
    "g": ("ɡ̊",),
    "k": ("kʰ",),
    "h": ("x",),
    "j": ("tɕ",),
    "q": ("tɕʰ",),
    "x": ("ɕ",),
    "zh": ("ʈʂ",),
    "ch": ("ʈʂʰ",),
    "sh": ("ʂ",),
    "r": ("ʐ",),
    "z": ("ts",),
    "c": ("tsʰ",),
    "s": ("s",),
    "": (),
}
_RHYMES: dict[str, str] = {
    "a": "a",
    "o": "o",
    "e": "ɤ",
    "ê": "ɛ",
    "i": "i",
    "u": "u",
    "ü": "y",
    "er": "ɝ",
    "ai": "a ɪ̯",
    "ei": "e ɪ̯",
    "ao": "a ʊ̯",
    "ou": "o ʊ̯",
    "an": "a n",
    "ang": "ɑ ŋ",
    "en": "ə n",
    "eng": "ə ŋ",
    "ong": "ʊ ŋ",
    "ia": "j a",
    "io": "j o",
    "ie": "j ɛ",
    "iai": "j a ɪ̯",
    "iao": "j a ʊ̯",
    "iu": "j o ʊ̯",
    "ian": "j ɛ n",
    "iang": "j ɑ ŋ",
    "in": "i n",
    "ing": "i ŋ",
    "iong": "j ʊ ŋ",
    "ua": "w a",
    "uo": "w o",
    "uai": "w a ɪ̯",
    "ui": "w e ɪ̯",
    "uan": "w a n",
    "uang": "w ɑ ŋ",
    "un": "w ə n",
    "ueng": "w ə ŋ",
    "üe": "ɥ ɛ",
    "üan": "ɥ ɛ n",
    "ün": "y n",
}
_SPELLED_WITHOUT_INITIAL: dict[str, str] = {
    "yi": "i",
    "yin": "in",
    "ying": "ing",
    "you": "iu",
    "yu": "ü",
    "yue": "üe",
    "yuan": "üan",
    "yuen": "üan",
    "yun": "ün",
    "wu": "u",
    "wei": "ui",
    "wen": "un",
    "weng": "ueng",
    "wong": "ueng",
}
_VOICEBANK_RHYMES: dict[str, Sounds] = {"-i": ("ɿ",), "h-i": ("ʅ",)}
_INTERJECTIONS: dict[str, Sounds] = {
    "m": ("m",),
    "n": ("n",),
    "ng": ("ŋ",),
    "hm": ("x", "m"),
    "hng": ("x", "ŋ"),
}
_TONE_MARKS = "\u0300\u0301\u0304\u030c\u0306"
_SPELLING = re.compile(r"(zh|ch|sh|[bpmfdtnlgkhjqxrzcs]|)(.+)")


def pinyin_to_phonemes(syllable: str) -> Sounds:
    """The IPA symbols of one pinyin syllable, as in `zhong1`, `zhōng` or `zhong`.

    Raises PronunciationError for a spelling that is no Mandarin syllable.
    """
    spelling = toneless(syllable)
    if spelling in _VOICEBANK_RHYMES:
        return _VOICEBANK_RHYMES[spelling]
    if spelling in _INTERJECTIONS:
        return _INTERJECTIONS[spelling]
    sounds = _plain_syllable(spelling)
    if sounds is None and spelling.endswith("r"):
        sounds = _with_r_coloured_end(spelling[:-1])
    if sounds is None:
        raise PronunciationError(
            f"{syllable!r} is not a pinyin syllable; write one syllable such as 'zhong1' or 'lü4'"
        )
    return sounds


def initial_to_phonemes(initial: str) -> Sounds:
    """The IPA symbols of a bare initial such as `zh`; CVVC voicebanks end transitions in one.

    `y` and `w` are the glides that begin yi and wu. Raises PronunciationError for anything else.
    """
    sounds = {**_INITIALS, "y": ("j",), "w": ("w",)}
    name = initial.rstrip("0123456789")
    if not name or name not in sounds:
        raise PronunciationError(
            f"{initial!r} is not a pinyin initial; there are {' '.join(filter(None, sounds))}"
        )
    return sounds[name]


def is_pinyin(text: str) -> bool:
    """Whether `text` is one pinyin syllable, tone or not."""
    try:
        pinyin_to_phonemes(text)
    except PronunciationError:
        return False
    return True


def toneless(syllable: str) -> str:
    """The syllable in lower case, ü written as such, its tone mark or digit dropped."""
    marked = unicodedata.normalize("NFD", syllable.strip().lower())
    bare = "".join(char for char in marked if char not in _TONE_MARKS)
    spelling = unicodedata.normalize("NFC", bare).rstrip("012345")
    return "ê" if spelling == "eh" else spelling.replace("u:", "ü").replace("v", "ü")


def _plain_syllable(spelling: str) -> Sounds | None:
    initial, rhyme = _split(spelling)
    if rhyme not in _RHYMES:
        return None
    if rhyme == "i" and initial in ("z", "c", "s"):
        return (*_INITIALS[initial], "ɿ")
    if rhyme == "i" and initial in ("zh", "ch", "sh", "r"):
        return (*_INITIALS[initial], "ʅ")
    if rhyme == "uo" and initial in ("b", "p", "m", "f"):
        rhyme = "o"
    return (*_INITIALS[initial], *_RHYMES[rhyme].split())


def _split(spelling: str) -> tuple[str, str]:
    """Initial and rhyme, the rhyme spelled in full: `ju` is j ü, `you` is iu, `lyu` is l ü."""
    if spelling[:1] in ("y", "w") and len(spelling) > 1:
        return "", _SPELLED_WITHOUT_INITIAL.get(spelling, _glide_to_vowel(spelling))
    found = _SPELLING.fullmatch(spelling)
    if found is None:
        return "", spelling
    initial, rhyme = found[1], found[2]
    if rhyme.startswith("yu"):
        rhyme = "ü" + rhyme[2:]
    if rhyme.startswith("u") and initial in ("j", "q", "x"):
        rhyme = "ü" + rhyme[1:]
    if rhyme == "ue" and initial in ("l", "n"):
        rhyme = "üe"
    return initial, {"iou": "iu", "uei": "ui", "uen": "un"}.get(rhyme, rhyme)


def _glide_to_vowel(spelling: str) -> str:
    return {"y": "i", "w": "u"}[spelling[0]] + spelling[1:]


def _with_r_coloured_end(spelling: str) -> Sounds | None:
    """`huar` and `wanr`: the tongue curls back and takes the place of a final n or ɪ̯."""
    sounds = _plain_syllable(spelling)
    if sounds is None:
        return None
    kept = sounds[:-1] if sounds[-1] in ("n", "ɪ̯") else sounds
    return (*kept, "ɹ")
