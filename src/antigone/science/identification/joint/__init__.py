# SPDX-License-Identifier: Apache-2.0
"""The joint posterior over all remains and families, with certified intervals."""

from antigone.science.identification.joint.placements import Placement, PlacementTable
from antigone.science.identification.joint.posterior import joint_posterior
from antigone.science.identification.joint.results import (
    Budget,
    ComponentReport,
    JointPosterior,
)

__all__ = [
    "Budget",
    "ComponentReport",
    "JointPosterior",
    "Placement",
    "PlacementTable",
    "joint_posterior",
]
