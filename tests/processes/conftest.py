"""Desks that several processes work on."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from deskterm.desk import Desk
from tests.desks import populate


@pytest.fixture
def furnish() -> Callable[[Desk], object]:
    """Give each desk its standard and its people."""
    return populate
