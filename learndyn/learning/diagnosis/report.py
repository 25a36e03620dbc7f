"""What a diagnosis says: findings, ordered by how much of the failure each explains.

``Finding.explained`` is a share of one distance, the one between the loss where the run ended and
the goal, on a logarithmic scale. It is measured by an intervention: the cause is removed, the run
is made again, and the share is how far the loss comes down (``case.Case.explained``).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from html import escape

_RULE = "border-bottom: 1px solid var(--ld-grid, #8b95a1)"
_CELL = f"padding: 0.4em 0.8em 0.4em 0; text-align: left; vertical-align: top; {_RULE}"


class Cause(Enum):
    """Why a run fails; the value is the phrase that a report prints."""

    ARCHITECTURE = "cannot represent the target"
    STEP = "step beyond the stability limit"
    SYMMETRY = "symmetry trap"
    CONDITIONING = "bad conditioning"
    SIGNAL = "vanishing or exploding signal"
    SADDLE = "saddle or plateau"
    NUMERICAL = "numerical fault"


@dataclass(frozen=True, slots=True)
class Finding:
    """One cause, and what shows that it is one.

    Attributes
    ----------
    cause : Cause
    explained : float
        From 0 to 1: the share of the distance to the goal that removing the cause wins back.
    evidence : tuple of (str, str)
        What was measured, and its value as it is printed.
    advice : str
        What to do.
    measured : mapping of str to float
        The numbers behind the evidence.
    """

    cause: Cause
    explained: float
    evidence: tuple[tuple[str, str], ...]
    advice: str
    measured: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Why a run failed, or that it did not.

    Attributes
    ----------
    findings : tuple of Finding
        The causes, the one that explains most first. Empty if there is no fault, or none that is
        known here.
    reached : bool
        Whether the run ended at or below the goal.
    loss : float
        At the end; nan or inf if the run left the finite numbers.
    goal : float
        The loss that counts as learned.
    reference : float
        The loss of the best constant answer, or where that is not known of the start.
    steps : int
        How long the run was.
    note : str
        A sentence on a run without findings; empty if there are some.
    """

    findings: tuple[Finding, ...]
    reached: bool
    loss: float
    goal: float
    reference: float
    steps: int
    note: str

    @property
    def causes(self) -> tuple[Cause, ...]:
        """The causes alone, in the order of the findings."""
        return tuple(finding.cause for finding in self.findings)

    @property
    def verdict(self) -> str:
        """The causes in one line, or "no fault found"."""
        return "; ".join(cause.value for cause in self.causes) or "no fault found"

    def _headline(self) -> str:
        if math.isnan(self.goal):
            return f"{self.steps} steps, loss {self.loss:.3g}; without learning not finite either"
        result = "reached" if self.reached else "not reached"
        return (
            f"{self.steps} steps, loss {self.loss:.3g}: the goal of {self.goal:.3g} was {result} "
            f"(without learning: {self.reference:.3g})"
        )

    def __str__(self) -> str:
        lines = [f"Diagnosis: {self.verdict}", self._headline()]
        if self.note:
            lines.append(self.note)
        for number, finding in enumerate(self.findings, 1):
            lines += ["", f"{number}. {finding.cause.value}, explains {finding.explained:.0%}"]
            width = max(len(name) for name, _ in finding.evidence)
            lines += [f"   {name:<{width}}  {value}" for name, value in finding.evidence]
            lines.append(f"   What to do: {finding.advice}")
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        """The report as a table; its colours are those of the page around it."""
        verdict = escape(self.verdict.capitalize())
        text = [f"<p><strong>{verdict}.</strong> {escape(self._headline())}</p>"]
        if self.note:
            text.append(f"<p>{escape(self.note)}</p>")
        if self.findings:
            heads = ("Cause", "Evidence", "What to do")
            text.append('<table style="border-collapse: collapse; color: inherit"><thead><tr>')
            text += [f'<th scope="col" style="{_CELL}">{head}</th>' for head in heads]
            text.append("</tr></thead><tbody>")
            text += [_row(finding) for finding in self.findings]
            text.append("</tbody></table>")
        return f'<div class="ld-diagnosis" style="color: inherit">{"".join(text)}</div>'


def _row(finding: Finding) -> str:
    evidence = "<br>".join(
        f'<span style="color: var(--ld-muted, inherit)">{escape(name)}</span> {escape(value)}'
        for name, value in finding.evidence
    )
    cause = f"{escape(finding.cause.value)}<br>explains {finding.explained:.0%}"
    cells = (cause, evidence, escape(finding.advice))
    return "<tr>" + "".join(f'<td style="{_CELL}">{cell}</td>' for cell in cells) + "</tr>"
