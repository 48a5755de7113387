"""Several takes of the tiny voice: who is heard where, how loud, and on whose clock."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest

from tests.mixing.takes import noise
from tests.singing_scores import fitted, sung
from vocoder.frames import GRID
from vocoder.pitch import hz_to_midi
from voice.analysis.model import Key
from voice.bank import VoiceBank
from voice.ensemble.harmony import SecondVoice, harmonised
from voice.ensemble.members import Ensemble
from voice.ensemble.mixing import mix_together
from voice.ensemble.together import Together, sing_together
from voice.mixing.loudness import integrated_lufs
from voice.mixing.spread import LEVELS_LU
from voice.performance.wishes import Expression
from voice.score.model import Articulation
from voice.studio import SingOptions, Studio

FIXTURES = Path(__file__).parents[1] / "fixtures"
SONG = fitted(
    [sung("m", midi=67), sung("n", midi=65, marks=[Articulation.FERMATA]), sung("m", midi=64)],
    tail=0.5,
).score
OPTIONS = SingOptions(language="en", expression=Expression(fermata=2.0))


@lru_cache(maxsize=1)
def together() -> Together:
    studio = Studio(VoiceBank(FIXTURES / "none", FIXTURES / "voices"), threads=1)
    wanted = Ensemble((harmonised(SONG, SecondVoice(key=Key(0, "major"))),), doubles=1)
    return sing_together(studio, SONG, "tiny", OPTIONS, wanted)


def test_everybody_sings_the_same_length_on_the_leads_clock() -> None:
    takes = [part.take for part in together().parts]
    assert [part.name for part in together().parts] == ["lead", "double-1", "harmony-1"]
    assert len({take.audio.length_samples for take in takes}) == 1
    assert takes[0].audio.duration_s == pytest.approx(SONG.length_s + 0.5, abs=1e-3)
    heads = [[note.start_s for note in take.frames.notes] for take in takes]
    for other in heads[1:]:
        late_s = np.array(other[1:]) - heads[0][1:]
        assert (np.abs(late_s) < 0.05).all()
        assert (late_s != 0.0).any()


def test_the_harmony_sings_its_own_notes_in_tune_with_itself() -> None:
    frames = together().parts[2].take.frames
    assert [note.midi for note in frames.notes] == [64, 62, 60]
    middle = GRID.seconds_to_frames(frames.notes[1].start_s + 0.4)
    assert hz_to_midi(frames.pitch.hz)[middle] == pytest.approx(62.0, abs=0.35)


def test_the_sum_is_stereo_the_lead_in_its_middle_and_loudest() -> None:
    whole = together()
    assert whole.audio.channels == 2
    assert [part.pan for part in whole.parts] == [0.0, -0.7, -0.45]
    lead_lufs = integrated_lufs(whole.lead.audio)
    for part in whole.parts:
        level = integrated_lufs(part.take.audio) + part.gain_db
        assert level - lead_lufs == pytest.approx(LEVELS_LU[part.role], abs=0.1)
    left, right = (float(np.mean(channel**2)) for channel in whole.audio.samples)
    assert left > right


def test_as_one_take_it_names_everybody_once() -> None:
    take = together().as_take
    assert take.voice == "tiny"
    assert take.credit == together().lead.credit
    assert take.frames is together().lead.frames
    assert take.audio.channels == 2


def test_a_choir_has_as_many_places_as_singers() -> None:
    studio = Studio(VoiceBank(FIXTURES / "none", FIXTURES / "voices"), threads=1)
    short = fitted([sung("m", midi=64)]).score
    choir = sing_together(studio, short, "tiny", OPTIONS, Ensemble(choir=3))
    assert [part.pan for part in choir.parts] == [-0.8, 0.0, 0.8]
    lone = integrated_lufs(choir.parts[0].take.audio)
    assert integrated_lufs(choir.audio) < lone + 6.0


def test_an_ensemble_is_mixed_with_a_track_for_each() -> None:
    mix = mix_together(together(), noise(4.0), 1.0)
    assert [track.role for track in mix.decisions.vocals] == ["lead", "double", "harmony"]
    assert mix.start_s == 1.0
