"""Passphrases that unlock a console: kept as scrypt hashes (RFC 7914), never as they are."""

from __future__ import annotations

from hashlib import scrypt
from hmac import compare_digest

WORK = 2**14
SALT_BYTES = 16


def kept(passphrase: str, salt: bytes) -> str:
    """Return what the settings keep of a passphrase: method, salt, hash."""
    return f"scrypt:{salt.hex()}:{_hash(passphrase, salt)}"


def opens(passphrase: str, kept_as: str) -> bool:
    """Return whether a passphrase is the one that was kept; nothing fits what is no such hash."""
    method, _colon, rest = kept_as.partition(":")
    salt, _colon, digest = rest.partition(":")
    try:
        return method == "scrypt" and compare_digest(_hash(passphrase, bytes.fromhex(salt)), digest)
    except ValueError:
        return False


def _hash(passphrase: str, salt: bytes) -> str:
    return scrypt(passphrase.encode("utf-8", "replace"), salt=salt, n=WORK, r=8, p=1, dklen=32).hex()
