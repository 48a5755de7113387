"""Text to a model's tokens and back, from the vocabulary inside its own file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lyrics.writer.gguf import GgufFile

if TYPE_CHECKING:
    from tokenizers import Tokenizer

_CONTROL = 3


@dataclass(frozen=True)
class TokenCodec:
    """Byte-level BPE with single digits, as SmolLM2 was trained with."""

    tokenizer: Tokenizer
    size: int
    end_of_turn: int

    @classmethod
    def of(cls, file: GgufFile) -> TokenCodec:
        from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

        pieces = file.strings("tokenizer.ggml.tokens")
        pairs = [pair.partition(" ") for pair in file.strings("tokenizer.ggml.merges")]
        merges = [(left, right) for left, _, right in pairs]
        vocabulary = {piece: index for index, piece in enumerate(pieces)}
        tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=merges))
        tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
            [
                pre_tokenizers.Digits(individual_digits=True),
                pre_tokenizers.ByteLevel(add_prefix_space=False),
            ]
        )
        tokenizer.decoder = decoders.ByteLevel()
        kinds = file.metadata["tokenizer.ggml.token_type"]
        assert isinstance(kinds, list)
        control = [piece for piece, kind in zip(pieces, kinds, strict=True) if kind == _CONTROL]
        tokenizer.add_special_tokens([AddedToken(piece, special=True) for piece in control])
        return cls(tokenizer, len(pieces), file.integer("tokenizer.ggml.eos_token_id"))

    def encode(self, text: str) -> list[int]:
        return list(self.tokenizer.encode(text, add_special_tokens=False).ids)

    def encode_all(self, texts: list[str]) -> list[list[int]]:
        encoded = self.tokenizer.encode_batch(texts, add_special_tokens=False)
        return [list(each.ids) for each in encoded]

    def decode(self, tokens: list[int]) -> str:
        return str(self.tokenizer.decode(tokens, skip_special_tokens=False))
