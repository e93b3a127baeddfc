"""Passphrases are kept as hashes, and only the right one opens."""

from __future__ import annotations

import pytest

from deskterm.domain.passphrase import kept, opens

SALT = bytes(range(16))


def test_only_the_same_passphrase_opens() -> None:
    known = kept("correct horse", SALT)

    assert "horse" not in known
    assert opens("correct horse", known)
    assert not opens("correct hors", known)


def test_salt_makes_the_same_passphrase_look_different() -> None:
    assert kept("a", SALT) != kept("a", bytes(16))


@pytest.mark.parametrize("wrong", ["", "scrypt", "scrypt:zz:00", "scrypt::", "md5:00:00", "plain text"])
def test_what_is_no_hash_opens_to_nobody(wrong: str) -> None:
    assert not opens("", wrong)
    assert not opens("plain text", wrong)
