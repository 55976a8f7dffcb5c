# SPDX-License-Identifier: Apache-2.0
"""The policy of a simulated case: a complete example with the plan's numbers written into it."""

from __future__ import annotations

import re

from antigone.science.simulation.plan import SimulationPlan
from antigone.terms.policy import read_policy

LEAST = 0.000001
"""A policy's error rates lie above 0: a plan's rate of 0 is written as this."""


def adapted_policy(example: str, plan: SimulationPlan) -> str:
    """`example` with the plan's population, shares and error rates in place of its own.

    What the plan does not state (tiers, caps, tolerances, the grid of priors) stays as it is.

    Raises
    ------
    terms.policy.PolicyFaults
        When the example lacks a key, or a value of the plan is none that a policy may have.
    """
    text = example
    for key, value in _values(plan).items():
        pattern = re.compile(rf"^({re.escape(key)}\s*=\s*)(\"[^\"]*\"|[^#\s]+)", re.MULTILINE)
        text = pattern.sub(lambda match, new=value: match[1] + new, text, count=1)  # type: ignore[misc]
    read_policy(text)
    return text


def _values(plan: SimulationPlan) -> dict[str, str]:
    people, laboratory, seen = plan.people, plan.laboratory, plan.examination
    buried_here = people.share_on_list * plan.n_remains / people.n_persons
    reason = (
        f"Simulated: {plan.n_remains} remains, {people.n_persons} reported; the shares are those "
        "of the plan."
    )
    numbers = {
        "minimum": laboratory.minimum_frequency,
        "dropout": laboratory.dropout,
        "dropout_degraded": laboratory.dropout_degraded,
        "dropin": laboratory.dropin,
        "genotyping": laboratory.genotyping,
        "false_paternity": plan.faults.false_paternity,
        "false_maternity": plan.faults.false_maternity,
        "sample_swap": plan.faults.sample_swap,
        "share_on_list": people.share_on_list,
        "share_buried_here": min(buried_here, 0.99),
        "method.skeletal": _inside(seen.sex_error_skeletal),
        "method.external": _inside(seen.sex_error_external),
        "document_lies_with_owner": _inside(1 - plan.faults.document_lies_with_another),
    }
    texts = {"population": f'"{laboratory.population}"', "reason": f'"{reason}"'}
    return texts | {name: _decimal(number) for name, number in numbers.items()}


def _inside(rate: float) -> float:
    return min(max(rate, LEAST), 1 - LEAST)


def _decimal(number: float) -> str:
    text = f"{number:.9f}".rstrip("0")
    return text + "0" if text.endswith(".") else text
