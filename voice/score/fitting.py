"""Words on notes: every note of a verse with exactly one vowel, or all the reasons why not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from lyrics.errors import LyricsError
from lyrics.phonemes import INVENTORY, Phoneme
from lyrics.syllables import Pronunciation
from voice.errors import ScoreWordsError
from voice.score.counting import Sung, syllables_on_notes, with_mute_e
from voice.score.model import Note, Place, Score
from voice.score.verses import verse as verse_of
from voice.score.word_slots import WrittenWord, one_syllable_each, split_note, wording

VOCALISE = "ɑ"
_SHOWN_PROBLEMS = 3


class Pronouncer(Protocol):
    """What turns words into syllables; `lyrics.pronounce` makes one for each language."""

    @property
    def language(self) -> str: ...

    def pronounce(self, words: Sequence[str]) -> tuple[Pronunciation, ...]: ...

    def alternatives(self, word: str) -> tuple[Pronunciation, ...]: ...


@dataclass(frozen=True)
class SungNote:
    """One note and what is sung on it.

    Attributes:
        text: the syllable as written, empty where the one before is held.
        coda: consonants that close the syllable; a melisma has them on its last note.
        stress: 1 primary, 2 secondary, 0 none.
        continues: whether the vowel of the note before is held; then there is no onset.
        word: the whole word that the note belongs to.
        word_end: whether the word ends with this note.
    """

    note: Note
    text: str
    onset: tuple[Phoneme, ...]
    nucleus: Phoneme
    coda: tuple[Phoneme, ...]
    stress: int
    continues: bool
    word: str
    word_end: bool

    @property
    def phonemes(self) -> tuple[Phoneme, ...]:
        return (*self.onset, self.nucleus, *self.coda)


@dataclass(frozen=True)
class FittedScore:
    """One verse ready to be sung: `score` holds the same notes, in the same order."""

    score: Score
    notes: tuple[SungNote, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class Problem:
    """One reason why a score cannot be sung."""

    place: Place
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message}"


class UnfitWordsError(ScoreWordsError):
    """Words that do not fit their notes; `problems` are all of them."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        shown = "; ".join(map(str, self.problems[:_SHOWN_PROBLEMS]))
        more = len(self.problems) - _SHOWN_PROBLEMS
        rest = f"; and {more} more (melisma score check lists them)" if more > 0 else ""
        super().__init__(shown + rest)


def fit(score: Score, verse: int, pronouncer: Pronouncer) -> FittedScore:
    """Put the words of a verse (from 1) on its notes.

    Notes without words hold the vowel before them; before the first word they are sung on "ah".
    A note that carries two syllables is sung as two notes of the same pitch.

    Raises:
        UnfitWordsError: with every problem of the verse.
        ScoreWordsError: a score without notes or without words.
    """
    chosen = verse_of(score, verse)
    if not chosen.notes:
        raise ScoreWordsError(
            f"{score.title}: part {score.part!r} has no notes; choose another with --part"
        )
    if not any(note.lyrics[0] for note in chosen.notes):
        raise ScoreWordsError(
            f"{score.title}: part {score.part!r} has no words; give them with --lyrics FILE"
        )
    return _Fitting(chosen, pronouncer).fitted()


class _Fitting:
    """The words of one verse on their way to their notes."""

    def __init__(self, score: Score, pronouncer: Pronouncer) -> None:
        self.score = score
        self.pronouncer = pronouncer
        self.notes = one_syllable_each(score.notes)
        self.problems: list[Problem] = []
        self.divided: list[str] = []
        self.resumed: list[Place] = []

    def fitted(self) -> FittedScore:
        words = wording(self.notes)
        sung = [_vocalise(self.notes[index]) for index in words.unworded]
        pronounced = self._pronounced(words.words)
        for word, usual in zip(words.words, pronounced, strict=True):
            if usual is None:
                continue
            syllables = syllables_on_notes(word, usual, self._forms)
            if syllables is None:
                self._misfit(word, usual)
            else:
                sung += self._sing(word.text, syllables)
        if self.problems:
            raise UnfitWordsError(sorted(self.problems, key=lambda p: (p.place.bar, p.place.beat)))
        score = replace(self.score, notes=tuple(each.note for each in sung))
        return FittedScore(score, tuple(sung), (*score.warnings, *self._warnings(words.unworded)))

    def _pronounced(self, words: Sequence[WrittenWord]) -> list[Pronunciation | None]:
        """Each word in its context; words that cannot be pronounced become problems."""
        try:
            return list(self.pronouncer.pronounce([word.text for word in words]))
        except LyricsError:
            return [self._pronounced_alone(word) for word in words]

    def _pronounced_alone(self, word: WrittenWord) -> Pronunciation | None:
        try:
            return self.pronouncer.pronounce([word.text])[0]
        except LyricsError as error:
            self.problems.append(Problem(self.notes[word.first_note].place, str(error)))
            return None

    def _forms(self, word: str) -> tuple[Pronunciation, ...]:
        forms = self.pronouncer.alternatives(word)
        return with_mute_e(word, forms) if self.pronouncer.language.startswith("fr") else forms

    def _misfit(self, word: WrittenWord, usual: Pronunciation) -> None:
        syllables, slots = len(usual.syllables), len(word.slots)
        self.problems.append(
            Problem(
                self.notes[word.first_note].place,
                f'word "{word.text}" has {syllables} syllable{"s" if syllables > 1 else ""} '
                f"({usual.ipa}) but {slots} note{'s' if slots > 1 else ''}; divide it otherwise, "
                f"hold a syllable with _, or hint its sound as {word.text}[…]",
            )
        )

    def _sing(self, word: str, syllables: Sequence[Sung]) -> list[SungNote]:
        sharing: dict[int, int] = {}
        for sung in syllables:
            for index in sung.notes:
                sharing[index] = sharing.get(index, 0) + 1
        shares = {
            index: split_note(self.notes[index], [self.notes[index].lyrics[0]] + [None] * (n - 1))
            for index, n in sharing.items()
        }
        for index, n in sharing.items():
            if n > 1:
                self.divided.append(f'"{word}" ({self.notes[index].place})')
        result: list[SungNote] = []
        for sung in syllables:
            held = [shares[index].pop(0) for index in sung.notes]
            result += self._hold(word, sung, held)
        result[-1] = replace(result[-1], word_end=True)
        return result

    def _hold(self, word: str, sung: Sung, notes: Sequence[Note]) -> list[SungNote]:
        """A syllable over its notes; a rest among them closes it, and its vowel begins anew."""
        syllable = sung.syllable
        closing = next(
            (i for i in range(len(notes) - 1) if notes[i].end_beats < notes[i + 1].start_beats),
            len(notes) - 1,
        )
        result = []
        for index, note in enumerate(notes):
            gap = index > 0 and notes[index - 1].end_beats < note.start_beats
            if gap:
                self.resumed.append(note.place)
            result.append(
                SungNote(
                    note=note,
                    text="" if index else sung.text,
                    onset=() if index else syllable.onset,
                    nucleus=syllable.nucleus,
                    coda=syllable.coda if index == closing else (),
                    stress=syllable.stress,
                    continues=index > 0 and not gap,
                    word=word,
                    word_end=False,
                )
            )
        return result

    def _warnings(self, unworded: Sequence[int]) -> list[str]:
        warnings = []
        if unworded:
            place = self.notes[unworded[0]].place
            warnings.append(f'{place}: notes before the first word are sung on "ah"')
        if self.resumed:
            shown = "; ".join(map(str, self.resumed[:4])) + (" …" if len(self.resumed) > 4 else "")
            warnings.append(f"{shown}: notes without words after a rest hold the vowel before it")
        if self.divided:
            shown = ", ".join(self.divided[:4]) + (" …" if len(self.divided) > 4 else "")
            warnings.append(f"two syllables on one note, which is divided: {shown}")
        return warnings


def _vocalise(note: Note) -> SungNote:
    return SungNote(
        note=note,
        text="",
        onset=(),
        nucleus=INVENTORY[VOCALISE],
        coda=(),
        stress=0,
        continues=False,
        word="",
        word_end=True,
    )
