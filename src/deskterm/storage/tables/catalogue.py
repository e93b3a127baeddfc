"""What tickets point to: services, configuration items, categories."""

from __future__ import annotations

from sqlmodel import Field, SQLModel


class Service(SQLModel, table=True):
    """A service that callers use."""

    __tablename__ = "service"

    key: str = Field(primary_key=True)


class ConfigurationItem(SQLModel, table=True):
    """A thing that a service runs on."""

    __tablename__ = "ci"

    key: str = Field(primary_key=True)
    service: str | None = Field(default=None, foreign_key="service.key")


class Category(SQLModel, table=True):
    """A place in the two-level tree of categories, as a path: `Network / VPN`."""

    __tablename__ = "category"

    key: str = Field(primary_key=True)
