"""The network for unknown words gives what g2p_en gives."""

from __future__ import annotations

import pytest

from lyrics.english_guess import load_guesser

G2P_EN_2_1_0 = {
    "bartimaeus": "B AA1 R T AH0 M AH0 S",
    "hoyda": "HH OY1 D AH0",
    "macushla": "M AH0 K AH1 SH L AH0",
    "trangdilla": "T R AE0 NG D IH1 L AH0",
    "sublimation": "S AH2 B L IH0 M EY1 SH AH0 N",
    "glimmering": "G L IH1 M ER0 IH0 NG",
    "zyzzyva": "Z IH0 Z V AY1 AH0",
    "brr": "B R IY1",
    "oboe": "OW1 B OW0",
    "a": "AA1",
    "x": "EH1 K S",
    "antidisestablishmentarianism": "AE2 N T IY0 D IY0 AE1 N S IH0 M AH0 B EH2 SH AH0 N Z",
    "kubernetes": "K AH0 B ER1 N AH0 T S",
}


@pytest.mark.parametrize(("word", "phones"), G2P_EN_2_1_0.items())
def test_the_network_gives_what_g2p_en_predicts(word: str, phones: str) -> None:
    """Recorded from g2p_en itself, whose import alone takes longer than all tests here."""
    assert load_guesser().guess(word) == tuple(phones.split())


def test_letters_outside_the_alphabet_do_not_stop_it() -> None:
    assert load_guesser().guess("é3")
