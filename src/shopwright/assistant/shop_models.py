"""Which models a shop runs on: those it was given, those in its folder, or else the shipped ones.

Nothing is trained or fetched here, and the judge is only named: it is loaded with the first question that needs it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from shopwright.assistant.judging import Judging
from shopwright.assistant.remote import RemoteReader, RemoteWriter
from shopwright.config import PROMPT_TOKENS, EndpointConfig, Home, Settings
from shopwright.models.embedded import DEFAULT_ENCODER, EmbeddedEncoder
from shopwright.models.endpoint import EndpointModel
from shopwright.models.onnx_files import folder_of
from shopwright.models.pairs import DEFAULT_RERANKER, EmbeddedPairScorer
from shopwright.models.protocols import Encoder, Judge, LanguageModel, PairScorer


def language_of(model: str | LanguageModel | None) -> tuple[LanguageModel | None, str | None]:
    """A language model, and what it is called.

    Args:
        model: `URL#NAME` of an OpenAI-compatible endpoint, or a language model.

    Raises:
        ConfigError: `model` is not of the form URL#NAME.
    """
    if isinstance(model, str):
        return EndpointModel(EndpointConfig.parse(model)), model.partition("#")[2]
    return model, type(model).__name__ if model else None


@dataclass(frozen=True, slots=True)
class ShopModels:
    """The models of one shop.

    Attributes:
        encoder: of texts into unit vectors.
        scorer: the cross-encoder of the search; None for none.
        judging: thresholds and judge of claims and evidence.
        language: a large model that reads, plans and words turns; None for none.
        language_name: what the merchant calls it.
        samples: how many wordings of an answer are asked of it.
        prompt_tokens: its budget, see `Settings`.
    """

    encoder: Encoder
    scorer: PairScorer | None
    judging: Judging
    language: LanguageModel | None = None
    language_name: str | None = None
    samples: int = 1
    prompt_tokens: int = PROMPT_TOKENS

    @classmethod
    def choose(
        cls,
        home: Home,
        settings: Settings,
        language: LanguageModel | None = None,
        language_name: str | None = None,
        encoder: Encoder | None = None,
        scorer: PairScorer | None = None,
        judge: Judge | None = None,
    ) -> Self:
        """Take what is given, and the folder's or the shipped model for what is not.

        Raises:
            ModelError: a model in the folder is damaged, or not the one that its card describes.
        """
        encoder = encoder or EmbeddedEncoder(DEFAULT_ENCODER, folder_of(DEFAULT_ENCODER, home.models))
        scorer = scorer or EmbeddedPairScorer(DEFAULT_RERANKER, folder_of(DEFAULT_RERANKER, home.models))
        judging = Judging(judge, encoder, home.models, settings.answers_wrong)
        return cls(encoder, scorer, judging, language, language_name, settings.answer_samples, settings.prompt_tokens)

    @property
    def remote(self) -> tuple[RemoteReader, RemoteWriter] | None:
        """The language model's part in a turn; None without one."""
        if self.language is None:
            return None
        return RemoteReader(self.language), RemoteWriter.sampling(self.language, self.samples, self.prompt_tokens)
