"""Give a transformers model the scaled rotary positions of `rope`, and see that it uses them.

    apply(model, Scaling("yarn", 4.0, 512))

The library has its own settings for most of the methods. After they are set the model's frequencies are read back and
compared with ours, because a version of that library is known to have ignored YaRN's factor.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from torch import nn

from shopwright.errors import ModelError
from shopwright.train.context.rope import Scaling, attention_scale, frequencies, parameters

_NEAR = 1e-4


def apply(model: nn.Module, scaling: Scaling) -> None:
    """Scale the positions of a transformers model and set its window to factor * window.

    Raises:
        ModelError: it has no rotary embedding of the library's common form, or does not use what it was told.
    """
    inner: Any = model
    config, body = inner.config, inner.get_decoder() if hasattr(inner, "get_decoder") else inner.base_model
    rotary = getattr(body, "rotary_emb", None)
    told = getattr(config, "rope_parameters", None)
    if rotary is None or not isinstance(told, dict) or "rope_theta" not in told:
        raise ModelError(f"{type(model).__name__} has no rotary embedding that can be scaled: Llama and Qwen have")
    if told.get("rope_type", "default") != "default":
        raise ModelError(f"rope_type {told['rope_type']!r}: the checkpoint is scaled already; start from its base")
    base = float(told["rope_theta"])
    size = int(getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads)
    config.rope_parameters = parameters(scaling, base, size)
    stretched = scaling.window if scaling.method == "none" else int(scaling.factor * scaling.window)
    dynamic = scaling.method == "dynamic"
    config.max_position_embeddings = scaling.window if dynamic else stretched
    body.rotary_emb = type(rotary)(config).to(rotary.inv_freq.device)
    _check(body.rotary_emb, scaling, base, size)


def _check(rotary: Any, scaling: Scaling, base: float, size: int) -> None:
    used = rotary.inv_freq.detach().double().cpu().numpy()
    wanted = frequencies(scaling, base, size, scaling.window if scaling.method == "dynamic" else None)
    scale = float(rotary.attention_scaling)
    if not np.allclose(used, wanted, rtol=_NEAR) or abs(scale - attention_scale(scaling)) > _NEAR:
        raise ModelError(
            f"this version of transformers does not apply {scaling.method} with factor {scaling.factor:g} as it was "
            f"told (slowest pair {used[-1]:.3g}, expected {wanted[-1]:.3g}): install another version"
        )
