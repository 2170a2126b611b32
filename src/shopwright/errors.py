"""The exceptions of Shopwright. Each message names the value, what is allowed, and the remedy.

ShopwrightError
├── ConfigError          a setting or a combination of flags that cannot work
├── FeedError            a feed that cannot be read at all
│   └── RowError         one row of a feed that is refused; the rest goes in
├── StoreError           the store or its index cannot be opened or written
│   └── LayoutError      an index that another version wrote; it can be made anew from the store
├── CorpusError          data to learn from that is damaged, cut off or not what it says
├── ModelError           a model file or an endpoint does not do its part
│   ├── RetryableModelError   the same call may succeed when tried again
│   └── MalformedOutputError  the model answered, but not in the form asked for
├── ToolError            a tool could not do what it was called for
├── NotFoundError        an id that nothing answers to
└── MissingExtraError    a feature whose optional packages are not installed
"""

from __future__ import annotations


class ShopwrightError(Exception):
    """Base of every error that Shopwright raises on purpose."""


class ConfigError(ShopwrightError):
    """A setting, or two settings together, that cannot work."""


class FeedError(ShopwrightError):
    """A feed that cannot be read at all (empty, truncated, no known format)."""


class RowError(FeedError):
    """One row that is refused.

    Args:
        reason: what is wrong, with the offending value and what is allowed.
        line: 1-based line, row or element number in the file; None when unknown.
    """

    def __init__(self, reason: str, line: int | None = None) -> None:
        super().__init__(reason if line is None else f"line {line}: {reason}")
        self.reason = reason
        self.line = line


class StoreError(ShopwrightError):
    """The store or its index cannot be opened or written."""


class LayoutError(StoreError):
    """An index that another version of Shopwright wrote: whole, but not for this one, which can make it anew."""


class CorpusError(ShopwrightError):
    """Data to learn from that is damaged, cut off, or not what it says."""


class ModelError(ShopwrightError):
    """A model file or an endpoint does not do its part: give up and fall back."""


class RetryableModelError(ModelError):
    """A time-out, a dropped connection, a 429 or a 5xx: the same call may succeed when tried again."""


class MalformedOutputError(ModelError):
    """The model answered, but not in the form asked for; the message may be sent back to it."""


class ToolError(ShopwrightError):
    """A tool could not do what it was called for."""


class NotFoundError(ShopwrightError):
    """An id that nothing answers to."""


class MissingExtraError(ShopwrightError):
    """A feature whose optional packages are not installed.

    Args:
        feature: what was asked for.
        extra: the extra that brings it.
    """

    def __init__(self, feature: str, extra: str) -> None:
        super().__init__(f"{feature} needs the extra {extra!r}: pip install 'shopwright[{extra}]'")
        self.extra = extra
