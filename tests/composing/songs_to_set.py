"""Words and plans that several tests set to music."""

from __future__ import annotations

from voice.composing.plan import MelodyPlan, plan_from

SONG = """# theme: the road
[Verse 1: ABAB]
The road is long and winding down the hill
I hear the river singing in the night
The stars above the valley standing still
And every window holds a little light

[Chorus: ABAB]
Carry me home to the morning
Carry me over the sea
Carry me home to the morning
Where somebody waits for me

[Verse 2: ABAB]
The rain is falling softly on the stone
A letter never opened in my hand
I walked a thousand miles to be alone
And now I think I start to understand

[Chorus: ABAB]
Carry me home to the morning
Carry me over the sea
Carry me home to the morning
Where somebody waits for me
"""
LINES_IN_SONG = 16
SYLLABLES_IN_LINES = (10, 10, 10, 10, 8, 7, 8, 7)


def plan_for_song(style: str = "pop", meter: str = "4/4", seed: int = 0) -> MelodyPlan:
    return plan_from("A minor", 92, "Am F C G", meter, style=style, seed=seed)
