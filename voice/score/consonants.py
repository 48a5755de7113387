"""How long sung consonants are: medians by language, and what neighbours do to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from lyrics.phonemes import PhoneClass, Phoneme

CLASS_MEDIANS_S: Mapping[PhoneClass, float] = {
    PhoneClass.GLIDE: 0.060,
    PhoneClass.LIQUID: 0.050,
    PhoneClass.NASAL: 0.080,
    PhoneClass.FRICATIVE: 0.110,
    PhoneClass.AFFRICATE: 0.120,
    PhoneClass.PLOSIVE: 0.080,
    PhoneClass.VOWEL: 0.200,
}


@dataclass(frozen=True)
class ConsonantTimes:
    """Lengths in one language.

    Attributes:
        medians_s: between vowels; what the table lacks goes by its class.
        before_glide: share of its length that a consonant keeps before a glide.
        glide_after: share that the glide keeps.
        after_rest: share by class after a rest, where nobody hears the closure of a stop.
        codas_s: after the vowel, where they differ.
    """

    medians_s: Mapping[str, float]
    before_glide: float = 1.0
    glide_after: float = 1.0
    after_rest: Mapping[PhoneClass, float] = field(default_factory=dict)
    codas_s: Mapping[str, float] = field(default_factory=dict)

    def median_s(self, phoneme: Phoneme) -> float:
        return self.medians_s.get(phoneme.symbol, CLASS_MEDIANS_S.get(phoneme.kind, 0.08))

    def coda_s(self, phoneme: Phoneme) -> float:
        return self.codas_s.get(phoneme.symbol, self.median_s(phoneme))

    def onset_s(self, onset: Sequence[Phoneme], rested: bool) -> list[float]:
        """Seconds of the consonants before a vowel; `rested` where a rest comes before them."""
        lengths = [self.median_s(phoneme) for phoneme in onset]
        for index in range(len(onset) - 1):
            if onset[index + 1].kind is PhoneClass.GLIDE:
                lengths[index] *= self.before_glide
                lengths[index + 1] *= self.glide_after
        if onset and rested:
            lengths[0] *= self.after_rest.get(onset[0].kind, 1.0)
        return lengths


ENGLISH = ConsonantTimes({
    "n": 0.073, "t": 0.078, "s": 0.131, "k": 0.098, "d": 0.052, "l": 0.076, "ɹ": 0.052,
    "m": 0.082, "ð": 0.048, "z": 0.090, "b": 0.070, "f": 0.122, "h": 0.085, "p": 0.116,
    "θ": 0.116, "ʃ": 0.152, "tʃ": 0.141, "dʒ": 0.075, "ɾ": 0.025, "w": 0.065, "j": 0.059,
    "ŋ": 0.093, "v": 0.065, "ɡ": 0.065, "ɪ̯": 0.090, "ʊ̯": 0.090,
})  # fmt: skip
"""Median lengths in sung English."""

JAPANESE = ConsonantTimes(
    {
        "k": 0.129, "ɡ": 0.088, "s": 0.148, "ɕ": 0.152, "z": 0.105, "dʑ": 0.107, "t": 0.137,
        "tɕ": 0.146, "ts": 0.150, "d": 0.081, "n": 0.077, "h": 0.117, "ç": 0.133, "ɸ": 0.130,
        "b": 0.086, "p": 0.128, "m": 0.091, "j": 0.080, "ɾ": 0.059, "w": 0.095, "v": 0.098,
    },
    before_glide=0.72,
    glide_after=0.55,
    after_rest={PhoneClass.PLOSIVE: 0.35, PhoneClass.AFFRICATE: 0.65},
)  # fmt: skip
"""Means of the medians that two voicebanks, Hitsuboku Kumi and SCOTTPOID, have in their strings."""

MANDARIN = ConsonantTimes(
    {
        "b̥": 0.045, "pʰ": 0.050, "d̥": 0.060, "tʰ": 0.063, "ɡ̊": 0.057, "kʰ": 0.080, "m": 0.073,
        "n": 0.073, "l": 0.078, "f": 0.063, "x": 0.070, "s": 0.120, "ʂ": 0.107, "ɕ": 0.131,
        "ʐ": 0.108, "ts": 0.095, "tsʰ": 0.139, "tɕ": 0.108, "tɕʰ": 0.148, "ʈʂ": 0.083,
        "ʈʂʰ": 0.142, "j": 0.070, "w": 0.077, "ɥ": 0.076,
    },
    before_glide=0.70,
    glide_after=0.55,
    after_rest={
        PhoneClass.PLOSIVE: 0.85, PhoneClass.AFFRICATE: 0.80, PhoneClass.FRICATIVE: 1.25,
    },
    codas_s={"n": 0.200, "ŋ": 0.200, "ɪ̯": 0.200, "ʊ̯": 0.120},
)  # fmt: skip
"""Medians of Hitsuboku Kumi's Mandarin strings; codas a little shorter, as songs are faster.

Her strings say each syllable after a rest and again after itself: the shares after a rest are
medians over the consonants of a class.
"""

CONSONANT_TIMES: Mapping[str, ConsonantTimes] = {
    "en": ENGLISH,
    "ja": JAPANESE,
    "zh": MANDARIN,
}


def median_s(phoneme: Phoneme) -> float:
    """The median of sung English."""
    return ENGLISH.median_s(phoneme)
