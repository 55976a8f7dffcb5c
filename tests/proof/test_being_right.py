# SPDX-License-Identifier: Apache-2.0
"""Ten simulated cases: no more errors than the posteriors predict, and enough found."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.proof.ten_cases import scored

pytestmark = pytest.mark.proof


def test_ten_cases_of_the_model_size(tmp_path: Path) -> None:
    lines = [line.split("\t") for line in scored(list(range(1, 11)), tmp_path, 30.0).splitlines()]
    tiers = {line[0]: line for line in lines if line[0] in ("identification", "presumptive")}
    for tier, line in tiers.items():
        wrong, by_swap, predicted = int(line[3]), int(line[4]), float(line[5])
        # a Poisson count above mean + 4 sd would say that the posteriors promise too much;
        # planted exchanges of samples and labels are in no posterior and are counted apart
        assert wrong - by_swap <= predicted + 4 * max(predicted, 0.5) ** 0.5, tier
    (key,) = (line for line in lines if line[0] == "key_figure")
    assert float(key[3]) >= 0.93
