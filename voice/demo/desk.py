"""What lies on a user's desk: the score as read, and the melody that is edited and sung."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from pathlib import Path

from lyrics.pronounce import pronouncer_for
from voice.cli.orders import parse_verse
from voice.score.editing import EditedNote, edited, written
from voice.score.inline import read_inline
from voice.score.languages import guess_language
from voice.score.model import Score
from voice.score.opening import choose_verse
from voice.score.reading import read_score
from voice.score.verses import verse as verse_of
from voice.score.words import with_words

EXAMPLE_LINE = (
    "tempo=92 meter=4/4 title=For_the_Beauty_of_the_Earth G4:1 For F#4:1/2 the G4 _ A4:1 beau- "
    "G4 ty C5 of C5 the B4:2 earth, E4:1 For F#4 the G4 glo- E4 ry D4 of D4 the D4:2 skies, "
    "G4:1 For F#4:1/2 the G4 _ A4:1 love G4 which C5 from C5 our B4:2 birth "
    "E4:1 O- F#4 ver G4 and E4 a- D4 round D4 us D4:2 lies."
)
EXAMPLES = Path(__file__).parents[2] / "examples"
EXAMPLE_SCORE = EXAMPLES / "for_the_beauty_of_the_earth.abc"
EXAMPLE_TRACK = EXAMPLES / "for_the_beauty_of_the_earth.ogg"
SHOWN_WORDS = 6


@dataclass(frozen=True)
class Desk:
    """What a user works on.

    Attributes:
        score: all verses as they were read.
        base: the one verse that was put on the desk, before any edit.
        melody: that verse as it is now.
        origins: for each note of the melody which note of the base it was, None for a new one.
    """

    score: Score
    base: Score
    melody: Score
    origins: tuple[int | None, ...]

    @classmethod
    def of(cls, score: Score, verse: str = "1") -> Desk:
        """The desk with a score just put on it.

        Raises:
            MelismaError: the score has no such verse.
        """
        chosen, number = choose_verse(score, parse_verse(verse))
        melody = verse_of(chosen, number)
        return cls(score, melody, melody, tuple(range(len(melody.notes))))

    def with_notes(self, notes: tuple[EditedNote, ...]) -> Desk:
        """The melody after an edit; whatever order edits arrive in, each is of the base."""
        rows = tuple(sorted(notes, key=lambda note: note.start_beats))
        melody = edited(self.base, rows)
        return Desk(self.score, self.base, melody, tuple(row.origin for row in rows))

    def with_text(self, text: str) -> Desk:
        """Other words under the notes."""
        counter = pronouncer_for(guess_language(text.split()))
        return Desk.of(with_words(self.melody, text, counter))

    @property
    def verses(self) -> list[str]:
        numbers = [str(number + 1) for number in range(self.score.verses)]
        return [*numbers, "all"] if len(numbers) > 1 else numbers


def example_desk() -> Desk:
    """Something to sing on the first click."""
    return Desk.of(read_inline(EXAMPLE_LINE))


def desk_from_file(path: str, part: str) -> Desk:
    """A score file that was uploaded."""
    return Desk.of(read_score(Path(path), (part or "").strip() or None))


def desk_from_line(line: str) -> Desk:
    """A melody in one line; never taken for the name of a file."""
    return Desk.of(read_inline(line))


def desk_html(desk: Desk) -> str:
    """What lies on the desk, in one line."""
    melody = desk.melody
    bars = melody.bars[-1].number - (melody.bars[0].number or 1) + 1
    words = [written(n.lyrics[0]) for n in melody.notes if n.lyrics[0] is not None]
    told = " ".join(words[:SHOWN_WORDS]).replace("- ", "") if words else "no words yet"
    tempo = melody.tempo.points[0].quarters_per_minute
    warned = "".join(f"<span>{escape(text)}</span>" for text in melody.warnings[:3])
    return (
        f'<div class="desk"><strong>{escape(melody.title)}</strong>'
        f"<span>{len(melody.notes)} notes in {bars} bars</span>"
        f"<span>{tempo:g} quarters a minute</span>"
        f"<span>“{escape(told)} …”</span>{warned}</div>"
    )
