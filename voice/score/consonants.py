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

LONGEST_CODA_S = 0.45
"""As long as closing sounds were in long strings; on longer notes the vowel stands."""


@dataclass(frozen=True)
class ConsonantTimes:
    """Lengths in one language.

    Attributes:
        medians_s: between vowels; what the table lacks goes by its class.
        before_glide: share of its length that a consonant keeps before a glide.
        glide_after: share that the glide keeps.
        after_rest: share by class after a rest, where nobody hears the closure of a stop.
        coda_shares: share of the time from the vowel to the next sound, where codas grow with it.
    """

    medians_s: Mapping[str, float]
    before_glide: float = 1.0
    glide_after: float = 1.0
    after_rest: Mapping[PhoneClass, float] = field(default_factory=dict)
    coda_shares: Mapping[str, float] = field(default_factory=dict)

    def median_s(self, phoneme: Phoneme) -> float:
        return self.medians_s.get(phoneme.symbol, CLASS_MEDIANS_S.get(phoneme.kind, 0.08))

    def coda_s(self, phoneme: Phoneme, rhyme_s: float) -> float:
        """Seconds of a consonant that closes a vowel, out of those that both of them have."""
        share = self.coda_shares.get(phoneme.symbol)
        return self.median_s(phoneme) if share is None else min(share * rhyme_s, LONGEST_CODA_S)

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
        "b̥": 0.082, "pʰ": 0.093, "d̥": 0.059, "tʰ": 0.091, "ɡ̊": 0.059, "kʰ": 0.099, "m": 0.074,
        "n": 0.075, "l": 0.073, "f": 0.086, "x": 0.078, "s": 0.119, "ʂ": 0.108, "ɕ": 0.125,
        "ʐ": 0.096, "ts": 0.093, "tsʰ": 0.115, "tɕ": 0.087, "tɕʰ": 0.146, "ʈʂ": 0.084,
        "ʈʂʰ": 0.130, "j": 0.071, "w": 0.066, "ɥ": 0.106,
    },
    before_glide=0.70,
    glide_after=0.55,
    after_rest={
        PhoneClass.PLOSIVE: 0.65, PhoneClass.AFFRICATE: 0.80, PhoneClass.FRICATIVE: 1.25,
    },
    coda_shares={"n": 0.35, "ŋ": 0.35, "ɪ̯": 0.35, "ʊ̯": 0.43},
)  # fmt: skip
"""Medians of Hitsuboku Kumi's Mandarin strings, which say each syllable after a rest and again.

Initials last from where the repeated syllable is marked to begin, closure included, to its vowel;
the shares after a rest are medians over the consonants of a class. What closes a syllable takes the
same share of it whether it is short or long: nasals 31 % of 0.43 s and 39 % of 0.85 s, ɪ̯ 37 and
34 %, ʊ̯ 46 and 41 % (322, 94 and 102 rhymes).
"""

CONSONANT_TIMES: Mapping[str, ConsonantTimes] = {
    "en": ENGLISH,
    "ja": JAPANESE,
    "zh": MANDARIN,
}


def median_s(phoneme: Phoneme) -> float:
    """The median of sung English."""
    return ENGLISH.median_s(phoneme)
