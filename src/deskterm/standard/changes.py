"""What is wrong with the rules about changes: shares that fall, names that lead nowhere, open gaps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import product

from deskterm.domain.approval import tiers_for
from deskterm.domain.change import ChangeKind, Risk
from deskterm.i18n import _
from deskterm.labels import label
from deskterm.standard import build
from deskterm.standard.findings import Finding, Names, unknown
from deskterm.standard.models import StandardFile


def risk(file: StandardFile, _names: Names) -> Iterator[Finding]:
    """Yield shares that do not rise, questions asked twice, and rules about what the catalogue lacks."""
    section = file.changes.risk
    if section.high_from <= section.medium_from:
        yield Finding(
            ("changes", "risk", "high_from"),
            _("high begins above medium; write more than {medium}").format(medium=section.medium_from),
        )
    counts = Counter(question.key for question in section.questions)
    for place, question in enumerate(section.questions):
        if counts[question.key] > 1:
            yield Finding(
                ("changes", "risk", "questions", place, "key"),
                _("two questions have this key; their answers could not be told apart"),
            )
    services = file.catalogue.services
    for place, rule in enumerate(section.rules):
        for service in sorted(rule.services - set(services)) if services else ():
            yield Finding(
                ("changes", "risk", "rules", place, "services"),
                unknown(_("there is no service {name}"), service, services),
            )


def tiers(file: StandardFile, _names: Names) -> Iterator[Finding]:
    """Yield the first kind of change that no tier would approve, where any tier is named."""
    if not file.changes.tiers:
        return
    found = build.change_rules(file.changes).tiers
    for kind, level, impact in product((ChangeKind.NORMAL, ChangeKind.EMERGENCY), Risk, (3, 2, 1)):
        if not tiers_for(found, kind, level, impact):
            yield Finding(
                ("changes", "tiers"),
                _("nobody approves a change that is {kind}, of risk {risk} and impact {impact}").format(
                    kind=label(kind), risk=label(level), impact=impact
                ),
            )
            return


def calendar(file: StandardFile, _names: Names) -> Iterator[Finding]:
    """Yield windows and freezes of services that the catalogue lacks."""
    services = file.catalogue.services
    for name, spans in (("windows", file.changes.windows), ("freezes", file.changes.freezes)):
        for place, span in enumerate(spans):
            for service in sorted(span.services - set(services)) if services else ():
                yield Finding(
                    ("changes", name, place, "services"),
                    unknown(_("there is no service {name}"), service, services),
                )


def templates(file: StandardFile, _names: Names) -> Iterator[Finding]:
    """Yield templates without the steps that their changes need, or for what the catalogue lacks."""
    services = file.catalogue.services
    for key, template in file.changes.templates.items():
        if services and template.service is not None and template.service not in services:
            yield Finding(
                ("changes", "templates", key, "service"),
                unknown(_("there is no service {name}"), template.service, services),
            )
        if {step.rollback for step in template.steps} != {True, False}:
            yield Finding(
                ("changes", "templates", key),
                _("a template needs steps that carry the change out, and others that take it back"),
            )
