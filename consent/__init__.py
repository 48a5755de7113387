"""Whose voice may be used, for what, until when, and how that is proved afterwards."""
