"""How much one page takes on: uploads, users in line, sounds and what is kept of them."""

from __future__ import annotations

LARGEST_UPLOAD = "200mb"
"""An hour of stereo in FLAC; scores and vocals have limits of their own where they are read."""

QUEUE_LENGTH = 64
LINE = "studio"
"""The line in which jobs that compute stand, whichever tab or program asks."""

AT_ONCE = 1
"""Jobs that compute at the same time: one job uses all processors it may."""

LIGHT_AT_ONCE = 4
"""Of every other event: edits of the melody or of the words, and what they draw."""

SESSIONS = 100
STATE_LIFE_S = 3600
FILES_LOOK_S = 600
FILES_LIFE_S = 3600
LONGEST_LINE = 20_000
"""Characters of a melody or of lyrics typed into the page."""
