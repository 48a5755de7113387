"""The mark in the sound and the record beside it: what Melisma made can be told again."""
