"""A score as a DiffSinger DS file: phones in IPA, notes and their seconds."""

from __future__ import annotations

import json
from pathlib import Path

from lyrics.pronounce import pronouncer_for
from voice.score.fitting import SungNote, fit
from voice.score.languages import language_of
from voice.score.model import Score, TempoMap
from voice.score.write_midi import event_text

_NAMES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")


def write_ds(score: Score, path: Path) -> None:
    """One segment for the whole score, its first verse; rests are SP.

    Raises:
        UnfitWordsError: DS files hold phones, so the words must fit their notes.
    """
    fitted = fit(score, 1, pronouncer_for(language_of(score, 1)))
    segment = _Segment(score.tempo)
    for note in fitted.notes:
        segment.add(note)
    path.write_text(json.dumps([segment.row()], ensure_ascii=False, indent=2), "utf-8")


class _Segment:
    """The parallel lists of a DS segment as they grow."""

    def __init__(self, tempo: TempoMap) -> None:
        self.tempo = tempo
        self.now_s = 0.0
        self.text: list[str] = []
        self.phones: list[str] = []
        self.counts: list[int] = []
        self.notes: list[str] = []
        self.seconds: list[float] = []
        self.slurs: list[int] = []

    def add(self, sung: SungNote) -> None:
        start_s = self.tempo.seconds_at(sung.note.start_beats)
        end_s = self.tempo.seconds_at(sung.note.end_beats)
        if start_s - self.now_s > 1e-6:
            self._rest(start_s - self.now_s)
        self._note(sung, end_s - start_s)
        self.now_s = end_s

    def _rest(self, seconds: float) -> None:
        self.text.append("SP")
        self.phones.append("SP")
        self.counts.append(1)
        self.notes.append("rest")
        self.seconds.append(seconds)
        self.slurs.append(0)

    def _note(self, sung: SungNote, seconds: float) -> None:
        phones = [phoneme.symbol for phoneme in sung.phonemes]
        if sung.continues:
            self.phones += phones[1:]
            self.counts[-1] += len(phones) - 1
        else:
            lyric = sung.note.lyrics[0]
            self.text.append(event_text(lyric) if lyric is not None else sung.text or "a")
            self.phones += phones
            self.counts.append(len(phones))
        self.notes.append(_name(sung.note.midi))
        self.seconds.append(seconds)
        self.slurs.append(int(sung.continues))

    def row(self) -> dict[str, object]:
        return {
            "offset": 0.0,
            "text": " ".join(self.text),
            "ph_seq": " ".join(self.phones),
            "ph_num": " ".join(map(str, self.counts)),
            "note_seq": " ".join(self.notes),
            "note_dur": " ".join(f"{seconds:.6f}" for seconds in self.seconds),
            "note_slur": " ".join(map(str, self.slurs)),
            "input_type": "phoneme",
        }


def _name(midi: int) -> str:
    return f"{_NAMES[midi % 12]}{midi // 12 - 1}"
