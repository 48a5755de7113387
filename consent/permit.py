"""What a sink asks for before it touches a voice.

A `Permit` is only a carrier: every field but `token` is for display. Python cannot keep anybody
from making one, so `consent.gate.verify` believes nothing but the signed bytes in `token`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from consent.grant import Operation


@dataclass(frozen=True, slots=True)
class Permit:
    """Leave to do one operation on one digest.

    `token` is a DSSE envelope: either a grant signed by the project's key (bundled voices and
    corpora), which proves itself, or a permit signed by the registry, valid for 15 minutes.
    """

    token: bytes
    grant_id: str
    operation: Operation
    digest: str
    issued_at: datetime
    expires_at: datetime | None
