"""Voices held against the singers they come from: who sings, which phones, told apart or not, how
far they reach, and whether anything is heard where pieces meet."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from benchmarks.copies import copy_of, held_back
from benchmarks.foreign_words import foreign_songs, listened
from benchmarks.hymns import Hymn
from benchmarks.joins import again_row, chunk_row, cut_row, edge_rows, with_rests
from benchmarks.listening import pooled_rate
from benchmarks.phone_errors import Hear, phone_rows
from benchmarks.range_sweep import range_row, sweep
from benchmarks.rows import measured
from benchmarks.strings import VOICE_OF, Rendered, SungString, rendered
from benchmarks.table import Row
from benchmarks.telling import clips, modulation_row, told_row
from benchmarks.who import SINGER_OF, heard_pieces, heard_strings, identities, identity_rows
from vocoder.audio import Audio
from vocoder.synthesis import CHUNK_FRAMES as SOUND_CHUNK
from vocoder.synthesis import Vocoder
from voice.acoustic.singer import CHUNK_FRAMES as MEL_CHUNK
from voice.corpora.recordings import Kind
from voice.score.model import Score
from voice.sessions import open_singer
from voice.studio import SingOptions, Studio
from voice.take import VocalTake

NOISY = frozenset({"kumi-zh"})
"""Recorded in 8 bits, whose noise alone tells them from anything made."""
TOLD_GOAL = 80.0
MADE_TWICE = 4
"""Takes that are made in chunks and in one piece."""
LETTERS = {"ja": "kana", "zh": "pinyin syllables"}
FOREIGN = "{letters} wrong in {count} songs in the public domain (Whisper base, both read alike)"
LANGUAGES = {"kumi": ("ja", "zh"), "scott": ("ja",), "dorodoro": ("ja",)}

SINGER_MEASURES = ("who", "told", "phones", "foreign", "range", "joins")

Transcribe = Callable[[Audio, str], str]
Told = Callable[[str], None]


@dataclass(frozen=True)
class Singers:
    """What is judged, and with what.

    Attributes:
        corpora: the folder of the corpora, asked for where it is needed.
        voices: names; those of singers who recorded are held against their recordings.
        most: recordings of each corpus, all if None.
        told: hears of every step that is done.
    """

    studio: Studio
    corpora: Callable[[], Path]
    voices: tuple[str, ...]
    hymns: Sequence[Hymn]
    most: int | None
    told: Told
    _strings: dict[str, list[Rendered]] = field(default_factory=dict, repr=False)
    _takes: dict[str, list[VocalTake]] = field(default_factory=dict, repr=False)

    @property
    def recorded(self) -> tuple[str, ...]:
        """Voices whose singers recorded."""
        return tuple(voice for voice in self.voices if voice in SINGER_OF)

    def strings(self, corpus: str) -> list[Rendered]:
        """Held-back strings of a corpus and the same by its singer's voice."""
        if corpus not in self._strings:
            chosen = held_back(self.corpora(), corpus, self.most)
            self._strings[corpus] = rendered(chosen, self._sung_by(VOICE_OF[corpus]))
            self.told(f"{corpus}: {len(self._strings[corpus])} strings sung")
        return self._strings[corpus]

    def takes(self, voice: str) -> list[VocalTake]:
        """The hymns in English at their written tempo."""
        if voice not in self._takes:
            options = SingOptions(language="en")
            self._takes[voice] = [
                self.studio.sing(hymn.score, voice, options) for hymn in self.hymns
            ]
            self.told(f"{voice}: {len(self.hymns)} hymns sung")
        return self._takes[voice]

    def who_rows(self) -> list[Row]:
        """GE2E: are takes as near to the singer as her own recordings?"""
        found = identities(self.corpora(), [SINGER_OF[voice] for voice in self.recorded])
        self.told("recordings embedded")
        rows: list[Row] = []
        for voice in self.recorded:
            singer = SINGER_OF[voice]
            sung = {"en": heard_pieces(self.takes(voice), singer)}
            for corpus in corpora_of(voice):
                strings = self.strings(corpus)
                sung[strings[0].string.recording.language] = heard_strings(strings, singer)
            rows += identity_rows(voice, found, sung)
        return rows

    def told_rows(self) -> list[Row]:
        """Can renders be told from recordings, and copies by the vocoder alone?"""
        rows: list[Row] = []
        for voice in self.recorded:
            strings = [s for c in corpora_of(voice) if c not in NOISY for s in self.strings(c)]
            made = clips(strings)
            rows.append(told_row(voice, made, "rendered", TOLD_GOAL))
            vocoder = self._vocoder(voice)
            copies = clips(strings, lambda each, by=vocoder: _copied(each, by))  # type: ignore[misc]
            rows.append(told_row(f"{voice}.copies", copies, "copied by the vocoder", None))
            rows.append(modulation_row(voice, made))
            rows.append(modulation_row(f"{voice}.copies", copies))
            self.told(f"{voice}: told apart")
        return rows

    def phone_rows(self, hear: Hear) -> list[Row]:
        """Phones wrong in strings, recorded and rendered."""
        rows: list[Row] = []
        for voice in self.recorded:
            for corpus in corpora_of(voice):
                strings = self.strings(corpus)
                language = strings[0].string.recording.language
                rows += phone_rows(voice, language, strings, hear)
                self.told(f"{voice}: phones of {corpus} heard")
        return rows

    def foreign_rows(self, transcribe: Transcribe) -> list[Row]:
        """Kana and pinyin wrong in songs."""
        rows: list[Row] = []
        for voice in self.recorded:
            for language in LANGUAGES[voice]:
                songs = foreign_songs(language)
                heard = listened(songs, lambda s, v=voice: self._sing(s, v).audio, transcribe)  # type: ignore[misc]
                letters = LETTERS[language]
                counted = (sum(each.words for each in heard), letters)
                definition = FOREIGN.format(letters=letters, count=len(songs))
                rows.append(
                    measured(f"foreign.{voice}.{language}", definition, heard,
                             lambda each: 100.0 * pooled_rate(each), "%", counted)
                )  # fmt: skip
                self.told(f"{voice}: {language} songs heard")
        return rows

    def range_rows(self) -> list[Row]:
        """How far every voice reaches."""
        options = SingOptions(language="en", transpose="none")
        rows = []
        for voice in self.voices:
            reach = self.studio.voices.card(voice).range
            keys = sweep(reach, lambda s, v=voice: self.studio.sing(s, v, options))  # type: ignore[misc]
            rows.append(range_row(voice, keys))
            bad = [f"{k.midi} ({k.notes:.2f}, {k.frames:.3f})" for k in keys if not k.good]
            self.told(f"{voice}: keys that miss: {', '.join(bad) or 'none'}")
        return rows

    def join_rows(self) -> list[Row]:
        """Joins, vowels before rests and seeds, for every voice."""
        rows: list[Row] = []
        options = SingOptions(language="en")
        for voice in self.voices:
            scores = [with_rests(hymn.score) for hymn in self.hymns]
            takes = [self.studio.sing(score, voice, options) for score in scores]
            rows.append(
                chunk_row(voice, [self._both_ways(voice, take) for take in takes[:MADE_TWICE]])
            )
            if voice in self.recorded:
                strings = [s for corpus in corpora_of(voice) for s in self.strings(corpus)]
                rows += edge_rows(voice, strings)
            rows.append(cut_row(voice, takes))
            again = self.studio.sing(scores[0], voice, replace(options, seed=1))
            rows.append(again_row(voice, takes[0], again))
            self.told(f"{voice}: joins")
        return rows

    def _sung_by(self, voice: str) -> Callable[[SungString], VocalTake]:
        return lambda string: self.studio.sing(string.score, voice, string.options)

    def _sing(self, score: Score, voice: str) -> VocalTake:
        return self.studio.sing(score, voice, SingOptions(language=score.language))

    def _both_ways(self, voice: str, take: VocalTake) -> tuple[Audio, Audio]:
        """The sound of a take in chunks, and in one piece."""
        opened = self.studio.voices.open_voice(voice, self.studio.clock())
        singer = open_singer(opened, self.studio.clock(), self.studio.threads)
        frames, vocoder = take.frames, self._vocoder(voice)

        def made(mel_chunk: int, sound_chunk: int) -> Audio:
            mel = singer.mel(frames, opened.card.temperature, chunk_frames=mel_chunk)
            return vocoder.synthesise(mel, frames.pitch, frames.seed, sound_chunk)

        return made(MEL_CHUNK, SOUND_CHUNK), made(frames.frames, frames.frames)

    def _vocoder(self, voice: str) -> Vocoder:
        opened = self.studio.voices.open_voice(voice, self.studio.clock())
        return Vocoder.load(opened.models["vocoder"], voice, self.studio.threads)


def corpora_of(voice: str) -> tuple[str, ...]:
    """The corpora that a voice's singer recorded."""
    return tuple(corpus for corpus, name in VOICE_OF.items() if name == voice)


def makers(
    singers: Singers, transcribe: Transcribe, recogniser: Callable[[], Hear]
) -> Mapping[str, Callable[[], list[Row]]]:
    """The rows by the names they are asked for by."""
    return {
        "who": singers.who_rows,
        "told": singers.told_rows,
        "phones": lambda: singers.phone_rows(recogniser()),
        "foreign": lambda: singers.foreign_rows(transcribe),
        "range": singers.range_rows,
        "joins": singers.join_rows,
    }


def _copied(each: Rendered, vocoder: Vocoder) -> Audio:
    recording = each.string.recording
    return copy_of(each.recorded, recording.pitch_midi, recording.kind is Kind.SUNG, vocoder)
