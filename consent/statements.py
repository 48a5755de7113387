"""The fixed texts a person reads aloud, one per language and version.

A text is never edited: a new wording is a new version, and grants keep the hash of the one read.
"""

from __future__ import annotations

import string
from dataclasses import dataclass

from consent.canonical import sha256_hex
from consent.errors import ConsentFormatError
from consent.grant import ConsentGrant, Operation

VERSION = 1

_TEXTS: dict[str, str] = {
    "en": (
        "I, $speaker, agree that recordings of the voice of $name may be used for the project "
        "$project, to $operations, $commerce, until $until. I was told that I can withdraw this "
        "at any time, and what will happen then. These digits are new today:"
    ),
    "de": (
        "Ich, $speaker, bin einverstanden, dass Aufnahmen der Stimme von $name für das Vorhaben "
        "$project benutzt werden, um $operations, $commerce, bis zum $until. Mir wurde gesagt, "
        "dass ich das jederzeit widerrufen kann und was dann geschieht. Diese Ziffern, auf "
        "Englisch gelesen, sind von heute:"
    ),
    "fr": (
        "Moi, $speaker, j'accepte que des enregistrements de la voix de $name soient utilisés "
        "pour le projet $project, pour $operations, $commerce, jusqu'au $until. On m'a dit que "
        "je peux retirer cet accord à tout moment, et ce qui se passe alors. Ces chiffres, lus "
        "en anglais, sont d'aujourd'hui :"
    ),
    "es": (
        "Yo, $speaker, acepto que las grabaciones de la voz de $name se usen para el proyecto "
        "$project, para $operations, $commerce, hasta el $until. Me han explicado que puedo "
        "retirarlo en cualquier momento y qué pasa entonces. Estas cifras, leídas en inglés, "
        "son de hoy:"
    ),
    "ja": (
        "私、$speakerは、$nameの声の録音が、企画「$project」のために、$operationsの目的で、"
        "$commerce、$untilまで使われることに同意します。いつでも撤回できること、"
        "その後どうなるかの説明を受けました。次の数字は今日のものです。英語で読みます。"
    ),
    "zh": (
        "我，$speaker，同意将$name的声音录音用于项目“$project”，用途是$operations，$commerce，"
        "直到$until。我已被告知可以随时撤回同意，以及撤回之后会发生什么。以下数字是今天的，用英语读："
    ),
}

_OPERATIONS: dict[str, dict[Operation, str]] = {
    "en": {
        Operation.TRAIN: "train a singing voice",
        Operation.EMBED: "measure what makes the voice recognisable",
        Operation.SING: "sing with that voice",
        Operation.CONVERT: "turn other people's singing into that voice",
        Operation.PUBLISH: "pass the voice on to others",
    },
    "de": {
        Operation.TRAIN: "eine Singstimme zu trainieren",
        Operation.EMBED: "zu messen, was die Stimme erkennbar macht",
        Operation.SING: "mit dieser Stimme zu singen",
        Operation.CONVERT: "fremden Gesang in diese Stimme zu verwandeln",
        Operation.PUBLISH: "die Stimme weiterzugeben",
    },
    "fr": {
        Operation.TRAIN: "entraîner une voix chantée",
        Operation.EMBED: "mesurer ce qui rend la voix reconnaissable",
        Operation.SING: "chanter avec cette voix",
        Operation.CONVERT: "changer le chant d'autrui en cette voix",
        Operation.PUBLISH: "transmettre la voix à d'autres",
    },
    "es": {
        Operation.TRAIN: "entrenar una voz cantada",
        Operation.EMBED: "medir lo que hace reconocible la voz",
        Operation.SING: "cantar con esa voz",
        Operation.CONVERT: "convertir el canto de otros en esa voz",
        Operation.PUBLISH: "pasar la voz a otros",
    },
    "ja": {
        Operation.TRAIN: "歌声の学習",
        Operation.EMBED: "声の特徴の測定",
        Operation.SING: "その声による歌唱",
        Operation.CONVERT: "他の人の歌をその声に変換すること",
        Operation.PUBLISH: "声を他の人に渡すこと",
    },
    "zh": {
        Operation.TRAIN: "训练歌声",
        Operation.EMBED: "测量声音的特征",
        Operation.SING: "用这个声音唱歌",
        Operation.CONVERT: "把别人的歌声转换成这个声音",
        Operation.PUBLISH: "把声音交给他人",
    },
}

_COMMERCE: dict[str, tuple[str, str]] = {
    "en": ("not for money", "also for money"),
    "de": ("nicht für Geld", "auch für Geld"),
    "fr": ("sans but lucratif", "aussi à des fins commerciales"),
    "es": ("sin fines de lucro", "también con fines comerciales"),
    "ja": ("非営利で", "営利目的も含めて"),
    "zh": ("不用于商业", "也可用于商业"),
}

_JOINT = {"ja": "、", "zh": "、"}


@dataclass(frozen=True, slots=True)
class Statement:
    """A text with blanks, and its name: the hash of language, version and text."""

    language: str
    version: int
    text: str

    @property
    def statement_id(self) -> str:
        return sha256_hex(f"{self.language} {self.version}\n{self.text}".encode())

    def read_by(self, speaker: str, name: str, grant: ConsentGrant) -> str:
        """The text as it is read aloud; the digits come after it."""
        words = _OPERATIONS[self.language]
        ends = "-" if grant.expires_at is None else grant.expires_at.date().isoformat()
        return string.Template(self.text).substitute(
            speaker=speaker,
            name=name,
            project=grant.project,
            operations=_JOINT.get(self.language, ", ").join(
                words[operation] for operation in Operation if operation in grant.operations
            ),
            commerce=_COMMERCE[self.language][grant.commercial],
            until=ends,
        )


def statement_in(language: str) -> Statement:
    """The newest text in a language."""
    if language not in _TEXTS:
        raise ConsentFormatError(
            f"no statement in {language!r}; there are {', '.join(sorted(_TEXTS))}"
        )
    return Statement(language, VERSION, _TEXTS[language])


def languages() -> tuple[str, ...]:
    return tuple(sorted(_TEXTS))
