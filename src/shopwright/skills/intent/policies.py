"""Which learned policy runs, which one is tried on a share of the conversations, and what became of earlier ones.

    policies = Policies.load(home.policies)
    policy = policies.arm(session_id)          # None: the rules decide

One small JSON file beside the policies themselves, written whole or not at all. A conversation stays in one arm, by a
hash of its id and of the candidate's name, so that another candidate draws its conversations anew. A file that is not
there means that the rules run alone. Paths in it are relative to its folder, which can be copied.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from shopwright.errors import ConfigError, ModelError
from shopwright.skills.intent.linear_policy import LinearPolicy

LARGEST_CANARY = 0.5
_KEPT = 50


@dataclass(frozen=True, slots=True)
class Change:
    """A line of the history: when (seconds since the epoch), what was done, and why."""

    at: float
    done: str
    why: str


@dataclass(frozen=True, slots=True)
class Policies:
    """The policies of a shop.

    Args:
        running: file name of the policy that runs; None: the rules.
        candidate: file name of one that passed the gate and waits, or is tried.
        share: of the conversations that the candidate decides; 0: it waits.
        started: when it began to be tried, seconds since the epoch.
        previous: file name of what ran before `running`; None: the rules.
        history: the latest changes, oldest first.
        loaded: the policies by file name.
    """

    running: str | None = None
    candidate: str | None = None
    share: float = 0.0
    started: float = 0.0
    previous: str | None = None
    history: tuple[Change, ...] = ()
    loaded: tuple[tuple[str, LinearPolicy], ...] = ()

    @classmethod
    def load(cls, path: Path) -> Policies:
        """What a file says, with the policies that it names.

        Raises:
            ModelError: the file, or a policy that it names, cannot be read.
        """
        if not path.is_file():
            return cls()
        try:
            fields: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            found = cls(
                _name(fields["running"]),
                _name(fields["candidate"]),
                float(fields["share"]),
                float(fields["started"]),
                _name(fields["previous"]),
                tuple(Change(float(at), str(done), str(why)) for at, done, why in fields["history"]),
            )
            if not 0 <= found.share <= LARGEST_CANARY:
                raise ConfigError(f"share {found.share}")
        except (OSError, ValueError, KeyError, TypeError, ConfigError) as error:
            raise ModelError(
                f"{path}: not the state of a shop's policies ({error}); delete it to run the rules"
            ) from error
        return found._with_policies(path.parent)

    def arm(self, session_id: str) -> LinearPolicy | None:
        """The policy that decides a conversation; None: the rules do."""
        return self.policy(self.candidate if self.in_canary(session_id) else self.running)

    def in_canary(self, session_id: str) -> bool:
        """Whether a conversation is one of those that the candidate decides."""
        if not self.candidate or not self.share:
            return False
        digest = hashlib.sha256(f"{self.candidate}\n{session_id}".encode()).digest()
        return int.from_bytes(digest[:8]) < self.share * 2**64

    def policy(self, name: str | None) -> LinearPolicy | None:
        """A policy by its file name."""
        return dict(self.loaded).get(name) if name else None

    def write(self, path: Path) -> None:
        """Keep the state; a reader sees the old file or the new one, never half of one."""
        path.parent.mkdir(parents=True, exist_ok=True)
        fields = {name: getattr(self, name) for name in ("running", "candidate", "share", "started", "previous")}
        fields["history"] = [[one.at, one.done, one.why] for one in self.history[-_KEPT:]]
        beside = path.with_name(f".{path.name}.{os.getpid()}")
        beside.write_text(json.dumps(fields, indent=1) + "\n", encoding="utf-8")
        beside.replace(path)

    def offered(self, candidate: str, at: float, why: str) -> Policies:
        """A policy that passed the gate waits to be tried; one that waited before is forgotten.

        Raises:
            ConfigError: another one is being tried.
        """
        if self.share:
            raise ConfigError(f"{self.candidate} is being tried: promote it or roll it back first")
        return self._changed(at, f"offered {candidate}", why, candidate=candidate, started=0.0)

    def tried(self, share: float, at: float) -> Policies:
        """Try the candidate on a share of the conversations, from now on.

        Raises:
            ConfigError: there is none, or the share is not above 0 and at most a half.
        """
        if not self.candidate:
            raise ConfigError("no policy waits to be tried: make one with shopwright train intent")
        if not 0 < share <= LARGEST_CANARY:
            raise ConfigError(f"--share {share}: must be above 0 and at most {LARGEST_CANARY}")
        return self._changed(at, f"trying {self.candidate} on {share:.0%}", "", share=share, started=at)

    def promoted(self, at: float, why: str) -> Policies:
        """The candidate runs for all.

        Raises:
            ConfigError: there is none, or it has not been tried.
        """
        if not self.candidate or not self.share:
            raise ConfigError("no policy is being tried: start with shopwright intent canary --share 0.1")
        changed = {"running": self.candidate, "previous": self.running, "candidate": None, "share": 0.0}
        return self._changed(at, f"promoted {self.candidate}", why, **changed)

    def rolled_back(self, at: float, why: str) -> Policies:
        """The candidate is dropped; without one, what ran before the running policy runs again.

        Raises:
            ConfigError: only the rules run.
        """
        if self.candidate:
            return self._changed(at, f"dropped {self.candidate}", why, candidate=None, share=0.0)
        if not self.running:
            raise ConfigError("nothing to roll back: the rules run alone")
        back = self.previous or "the rules"
        return self._changed(at, f"rolled back to {back}", why, running=self.previous, previous=None)

    def _changed(self, at: float, done: str, why: str, **fields: Any) -> Policies:
        return replace(self, history=(*self.history, Change(at, done, why)), **fields)

    def _with_policies(self, folder: Path) -> Policies:
        named = dict.fromkeys(name for name in (self.running, self.candidate) if name)
        return replace(self, loaded=tuple((name, LinearPolicy.read(folder / name)) for name in named))


def _name(value: object) -> str | None:
    """A file name in the same folder, or nothing."""
    if value is None:
        return None
    if not isinstance(value, str) or not value or Path(value).name != value:
        raise ConfigError(f"{value!r} is no file name of its folder")
    return value
