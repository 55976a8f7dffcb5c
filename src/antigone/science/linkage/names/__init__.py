# SPDX-License-Identifier: Apache-2.0
"""Names of persons across scripts and spellings: read, compare, weigh."""

from antigone.science.linkage.names.compare import (
    NameFrequencies,
    name_frequencies,
    name_log_ratios,
)
from antigone.science.linkage.names.explain import NameComparison, compare_names
from antigone.science.linkage.names.parse import (
    NamePart,
    NameReading,
    ParsedName,
    UnknownRomanisation,
    parse_name,
)
from antigone.science.linkage.names.weights import NameWeights, name_weights

__all__ = [
    "NameComparison",
    "NameFrequencies",
    "NamePart",
    "NameReading",
    "NameWeights",
    "ParsedName",
    "UnknownRomanisation",
    "compare_names",
    "name_frequencies",
    "name_log_ratios",
    "name_weights",
    "parse_name",
]
