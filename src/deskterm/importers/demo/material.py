"""The cast and the stories, as values."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deskterm.domain.ticket import Channel, Kind, Level
from deskterm.services.drafts import AgentDraft, CallerDraft

FOLDER = Path(__file__).parent
DOMAIN = "example.org"


@dataclass(frozen=True, slots=True)
class Story:
    """Something that people call about, and how it usually goes."""

    summary: str
    category: str
    service: str
    description: str = ""
    kind: Kind = Kind.INCIDENT
    channel: Channel = Channel.PHONE
    ci: str | None = None
    a: Level = Level.LOW
    """Impact."""
    u: Level = Level.MEDIUM
    """Urgency."""
    reply: str = ""
    note: str = ""
    closing: str = ""
    wait: str = ""
    """What it usually waits for, if it waits."""
    language: str = "en"
    hostile: bool = False
    """Whether its words try to do more than be read."""


def stories() -> tuple[Story, ...]:
    """Return every story."""
    return tuple(_story(fields) for fields in _read("stories")["story"])


def _story(fields: Mapping[str, Any]) -> Story:
    coded = {
        "kind": Kind(fields.get("kind", Kind.INCIDENT)),
        "channel": Channel(fields.get("channel", Channel.PHONE)),
        "a": Level(fields.get("a", Level.LOW)),
        "u": Level(fields.get("u", Level.MEDIUM)),
    }
    return Story(**{**fields, **coded})


def agents() -> tuple[AgentDraft, ...]:
    """Return who works at the desk; the first is its admin."""
    return tuple(AgentDraft.model_validate(fields) for fields in _read("cast")["agents"])


def callers() -> tuple[CallerDraft, ...]:
    """Return who calls."""
    return tuple(_caller(fields) for fields in _read("cast")["callers"])


def _caller(fields: Mapping[str, Any]) -> CallerDraft:
    known = {name: value for name, value in fields.items() if name != "mail"}
    return CallerDraft(email=f"{fields['mail']}@{DOMAIN}", **known)


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
