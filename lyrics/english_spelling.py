"""English words that no dictionary lists, taken apart until it does.

Apostrophes of hymns (heav'n, kiss'd, th'eternal, com'st), endings (leadeth, sendest, dreamless),
beginnings (unbelief), British spelling and compounds (noontide). Each rule is a function from a
spelling to pronunciations, and the first that finds any wins.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from lyrics.arpabet import Arpabet, is_vowel
from lyrics.english_dictionary import EnglishDictionary
from lyrics.english_forms import fewest_syllables, with_sung_ed

Forms = tuple[Arpabet, ...]

_VOICELESS = ("P", "T", "K", "F", "TH", "S", "SH", "CH")
_SIBILANTS = ("S", "Z", "SH", "ZH", "CH", "JH")
_RESTORED = ("e", "o", "i", "a", "u", "v", "")
_ENCLITICS: dict[str, Arpabet] = {
    "'ll": ("L",),
    "'ve": ("V",),
    "'re": ("R",),
    "'lt": ("L", "T"),
    "'rt": ("R", "T"),
    "'t": ("T",),
}
_VERB_ENDINGS: dict[str, Arpabet] = {
    "eth": ("IH0", "TH"),
    "est": ("IH0", "S", "T"),
    "ing": ("IH0", "NG"),
    "ings": ("IH0", "NG", "Z"),
    "er": ("ER0",),
    "ers": ("ER0", "Z"),
    "'st": ("S", "T"),
    "'th": ("TH",),
    "st": ("S", "T"),
}
_OTHER_ENDINGS: dict[str, Arpabet] = {
    "ness": ("N", "AH0", "S"),
    "nesses": ("N", "AH0", "S", "IH0", "Z"),
    "less": ("L", "AH0", "S"),
    "ful": ("F", "AH0", "L"),
    "ly": ("L", "IY0"),
    "ward": ("W", "ER0", "D"),
    "wards": ("W", "ER0", "D", "Z"),
    "some": ("S", "AH0", "M"),
    "like": ("L", "AY2", "K"),
    "hood": ("HH", "UH2", "D"),
    "ship": ("SH", "IH2", "P"),
    "y": ("IY0",),
}
_PREFIXES: dict[str, Arpabet] = {
    "un": ("AH2", "N"),
    "re": ("R", "IY0"),
    "over": ("OW2", "V", "ER0"),
    "o'er": ("AO2", "R"),
    "out": ("AW2", "T"),
    "fore": ("F", "AO2", "R"),
    "mis": ("M", "IH2", "S"),
    "under": ("AH2", "N", "D", "ER0"),
    "en": ("EH0", "N"),
    "dis": ("D", "IH0", "S"),
    "up": ("AH2", "P"),
}
_BRITISH = (("our", "or"), ("ise", "ize"), ("isa", "iza"), ("isi", "izi"), ("tre", "ter"))
_SHORT_PARTS = (
    "air all any bed day dew ear eye god ice joy key low man men new off one own red sea sky son "
    "sun two war way"
)


@dataclass(frozen=True)
class Speller:
    """Pronounces a word through the dictionary, or through words that the dictionary has."""

    dictionary: EnglishDictionary

    def forms(self, word: str) -> Forms:
        """Pronunciations of a word in lower case with straight apostrophes; none if unknown."""
        known = self.dictionary.forms(word)
        if known or len(word) < 2:
            return known
        rules = (
            self._accented,
            self._apostrophe_at_edge,
            self._ending_after_apostrophe,
            self._letter_left_out,
            self._ending,
            self._british,
            self._prefix,
            self._compound,
        )
        return next(filter(None, (rule(word) for rule in rules)), ())

    def _accented(self, word: str) -> Forms:
        plain = strip_accents(word)
        if plain == word:
            return ()
        forms = self.forms(plain)
        return with_sung_ed(forms) if word.endswith(("èd", "éd")) else forms

    def _apostrophe_at_edge(self, word: str) -> Forms:
        if word.startswith(("th'", "t'")):
            opening, rest = word.split("'", 1)
            article = ("DH", "AH0") if opening == "th" else ("T", "AH0")
            return tuple(
                (*(article[:1] if is_vowel(form[0]) else article), *form)
                for form in self.forms(rest)
            )
        if word.endswith("in'"):
            return tuple((*form[:-1], "N") for form in self.forms(word[:-1] + "g"))
        if word.startswith("'"):
            return self.forms(word[1:])
        return self.forms(word[:-1]) if word.endswith("'") else ()

    def _ending_after_apostrophe(self, word: str) -> Forms:
        if word.endswith("'s"):
            return tuple(_with_s(form) for form in self.forms(word[:-2]))
        if word.endswith("'d"):
            stem = word[:-2]
            return self.forms(stem + "ed") or self.forms(stem + "d")
        for ending, phones in _ENCLITICS.items():
            if word.endswith(ending) and word != ending:
                return tuple((*form, *phones) for form in self.forms(word[: -len(ending)]))
        return ()

    def _letter_left_out(self, word: str) -> Forms:
        if "'" not in word or word.endswith("'st"):
            return ()
        if word.startswith("o'er"):
            return self._prefix(word)
        for letter in _RESTORED:
            forms = self.dictionary.forms(word.replace("'", letter))
            if forms:
                return fewest_syllables(forms)
        forms = self._ending(word) or self._prefix(word) or self.forms(word.replace("'", "e"))
        return fewest_syllables(forms) if forms else ()

    def _ending(self, word: str) -> Forms:
        for ending, phones in _VERB_ENDINGS.items():
            if word.endswith(ending):
                stems = self._verb_stems(word.removesuffix(ending), ending)
                if stems:
                    return tuple((*form, *phones) for form in stems)
        if word.endswith("ed"):
            return tuple(_with_ed(form) for form in self._verb_stems(word[:-2], "ed"))
        for ending, phones in _OTHER_ENDINGS.items():
            if word.endswith(ending) and len(word) > len(ending) + 2:
                stem = word.removesuffix(ending)
                forms = self._first(stem, stem[:-1] + "y" if stem.endswith("i") else "")
                if forms:
                    return tuple((*form, *phones) for form in forms)
        if word.endswith("s") and not word.endswith("ss"):
            candidates = (word[:-1], word[:-3] + "y" if word.endswith("ies") else word[:-2])
            return tuple(_with_s(form) for form in self._first(*candidates))
        return ()

    def _verb_stems(self, stem: str, ending: str) -> Forms:
        for candidate in _stem_spellings(stem, ending):
            forms = self.dictionary.as_verb(candidate)
            if forms:
                return forms
        return self.forms(stem) if len(stem) > 4 else ()

    def _first(self, *words: str) -> Forms:
        return next(filter(None, (self.forms(word) for word in words if len(word) > 2)), ())

    def _british(self, word: str) -> Forms:
        for british, american in _BRITISH:
            if british in word:
                forms = self.dictionary.forms(word.replace(british, american))
                if forms:
                    return forms
        return ()

    def _prefix(self, word: str) -> Forms:
        for prefix, phones in _PREFIXES.items():
            rest = word.removeprefix(prefix)
            if rest != word and len(rest) > 3:
                forms = self.dictionary.forms(rest) or self._ending(rest)
                if forms:
                    return tuple((*phones, *form) for form in forms)
        return ()

    def _compound(self, word: str) -> Forms:
        splits = sorted(range(3, len(word) - 2), key=lambda at: abs(2 * at - len(word)))
        for at in splits:
            parts = (word[:at], word[at:])
            if all(len(part) > 3 or part in _SHORT_PARTS.split() for part in parts):
                first, second = map(self.dictionary.forms, parts)
                if first and second:
                    return ((*first[0], *second[0]),)
        return ()


def strip_accents(word: str) -> str:
    """The word in plain letters: `blessèd` becomes `blessed`, `cæsar` `caesar`."""
    decomposed = unicodedata.normalize("NFD", word.replace("æ", "ae").replace("œ", "oe"))
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def _stem_spellings(stem: str, ending: str) -> Iterator[str]:
    """The verbs that `stem` may come from: com- is come, sitt- is sit, cri- is cry."""
    if len(stem) < 2:
        return
    if ending[0] == "e" and stem.endswith("e"):
        yield stem + "e"
    short = len(stem) > 2 and stem[-1] not in "aeiouywx" and stem[-2] in "aeiouy"
    if short and stem[-3] not in "aeiou":
        yield stem + "e"
    doubled = len(stem) > 3 and stem[-1] == stem[-2]
    if doubled and stem[-1] not in "lsfz":
        yield stem[:-1]
    yield stem
    yield stem + "e"
    if doubled:
        yield stem[:-1]
    if stem.endswith("i"):
        yield stem[:-1] + "y"


def _with_s(form: Arpabet) -> Arpabet:
    if form[-1] in _SIBILANTS:
        return (*form, "IH0", "Z")
    return (*form, "S" if form[-1] in _VOICELESS else "Z")


def _with_ed(form: Arpabet) -> Arpabet:
    if form[-1] in ("T", "D"):
        return (*form, "IH0", "D")
    return (*form, "T" if form[-1] in _VOICELESS else "D")
