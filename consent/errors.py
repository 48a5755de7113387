"""What can go wrong with consent: every refusal names the rule, the grant and the remedy."""

from __future__ import annotations


class ConsentError(Exception):
    """Any fault of consent that a user can mend."""


class ConsentFormatError(ConsentError):
    """Bytes that are not a grant, a permit, a receipt or a checkpoint of ours."""


class SignatureError(ConsentError):
    """A signature that is missing, broken, or by a key that has no say here."""


class RegistryError(ConsentError):
    """A registry that is missing, locked, of another version, or damaged."""


class TamperError(RegistryError):
    """The registry's log does not prove what its tables say."""


class KeyStoreError(ConsentError):
    """A key that is missing, unreadable, open to others, or already there."""


class EvidenceError(ConsentError):
    """A recording that cannot stand as evidence; nothing was changed."""


class RefusedError(ConsentError):
    """The gate said no.

    Args:
        rule: The short name of the rule that refused, as listed in docs/CONSENT.md.
        grant_id: The grant that was asked, or `-` where none could be read.
        reason: What is wrong, with the values on both sides.
        remedy: What the reader can do about it.
    """

    def __init__(self, rule: str, grant_id: str, reason: str, remedy: str) -> None:
        super().__init__(f"refused by rule {rule} (grant {grant_id}): {reason}; {remedy}")
        self.rule = rule
        self.grant_id = grant_id
        self.reason = reason
        self.remedy = remedy
