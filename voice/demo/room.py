"""What all tabs share: the studio, the running jobs, the users' files and the limits."""

from __future__ import annotations

from dataclasses import dataclass, field

from consent.errors import ConsentError
from voice.card import VoiceRange
from voice.demo.desk import Desk, example_desk
from voice.demo.jobs import Jobs
from voice.demo.limits import AT_ONCE, STATE_LIFE_S
from voice.demo.roll import ANY_RANGE
from voice.demo.session_files import SessionFiles
from voice.errors import VoiceError
from voice.studio import Studio


@dataclass(frozen=True)
class Room:
    """One page's surroundings; what belongs to one user is kept by session."""

    studio: Studio
    jobs: Jobs = field(default_factory=Jobs)
    files: SessionFiles = field(default_factory=SessionFiles)
    first_desk: Desk = field(default_factory=example_desk)
    at_once: int = AT_ONCE
    state_life_s: int = STATE_LIFE_S

    def range_of(self, voice: str) -> VoiceRange:
        """What a voice sings well; everything for one that is closed."""
        try:
            return self.studio.voices.card(voice).range
        except (ConsentError, VoiceError):
            return ANY_RANGE

    def leave(self, session: str) -> None:
        """A page was closed: its work stops and its files go."""
        self.jobs.stop(session)
        self.files.forget(session)
