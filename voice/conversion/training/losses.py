"""What the content encoder is asked to do, as numbers."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F

from voice.acoustic.networks.model import AcousticModel
from voice.acoustic.networks.prior import gather_phones
from voice.acoustic.training.losses import masked_mean, mel_loss
from voice.conversion.networks import Content
from voice.conversion.training.crops import ContentBatch

WEIGHTS = {"mel_self": 1.0, "mel_crossing": 0.7, "prior": 0.3, "phones": 0.25}
FARTHEST = 5.0


class Lesson(NamedTuple):
    """What the acoustic model would do with the labels.

    `mean` and `log_std` (batch, latent, frames) of the shared space; `mel` of the crossing crops.
    """

    mean: Tensor
    log_std: Tensor
    mel: Tensor


@torch.no_grad()
def lesson_of(model: AcousticModel, batch: ContentBatch, speaker: Tensor) -> Lesson:
    """The labels sung by the singers to be, `speaker` (batch, speaker_width)."""
    encoded = gather_phones(model.phones(batch.phones, speaker), batch.frames.phone)
    mean, log_std = model.prior(encoded, batch.frames, speaker)
    last = slice(len(speaker) - batch.crossing, None)
    frames = type(batch.frames)(*(track[last] for track in batch.frames))
    mel = model.decoder(model.flow.inverse(mean[last], speaker[last]), frames, speaker[last])
    return Lesson(mean, log_std, mel)


def losses_of(
    content: Content, mel: Tensor, lesson: Lesson, batch: ContentBatch
) -> dict[str, Tensor]:
    """The parts of the loss by name; `mel` (batch, mels, frames) is what was made."""
    own = len(mel) - batch.crossing
    present = batch.present[:, None, :].expand_as(mel)
    labelled = batch.labelled[:, None, :]
    apart = (content.shared.float() - lesson.mean.float()) * torch.exp(-lesson.log_std.float())
    near = F.huber_loss(apart, torch.zeros_like(apart), reduction="none", delta=FARTHEST)
    said = torch.gather(batch.phones.phoneme, 1, batch.frames.phone)
    heard = F.cross_entropy(content.phones.float(), said, reduction="none")
    right = (content.phones.argmax(dim=1) == said).float()
    losses = {
        "prior": masked_mean(near, labelled.expand_as(near)),
        "phones": masked_mean(heard, batch.labelled),
        "accuracy": masked_mean(right, batch.labelled),
    }
    if own:
        losses["mel_self"] = mel_loss(mel[:own].float(), batch.mel[:own], present[:own])
    if batch.crossing:
        losses["mel_crossing"] = mel_loss(
            mel[own:].float(), lesson.mel.float(), labelled[own:].expand_as(mel[own:])
        )
    return losses
