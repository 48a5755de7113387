"""Lyrics that fit: a language model proposes, constrained search guarantees."""
