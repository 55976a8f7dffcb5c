# SPDX-License-Identifier: Apache-2.0
"""A case made ready for weighing: what is one is joined, profiles and trees stand side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from antigone.science.genetics.consensus import (
    Donor,
    direct_reference_profiles,
    elimination_profiles,
    reference_profiles,
    remains_profiles,
    samples_without_donor,
)
from antigone.science.genetics.markers import MarkerModel
from antigone.science.genetics.models import marker_models
from antigone.science.genetics.profiles import Profile
from antigone.science.identification.trees import Tree, family_trees
from antigone.science.identification.vertices import Vertices, joined
from antigone.terms.case import Case
from antigone.terms.errors import AntigoneError, gettext_noop
from antigone.terms.results import Remark


class NothingToWeigh(AntigoneError):
    """A case without remains or without persons."""

    code = "science.nothing-to-weigh"
    message = gettext_noop(
        "There is nothing to weigh: the case has %(remains)d remains and %(persons)d persons who "
        "may be among them. Fill the tables remains and person."
    )


@dataclass(frozen=True)
class Inputs:
    """What the weighing works on. Indices of remains and persons are positions in these tuples.

    Attributes
    ----------
    vertices : Vertices
    remains : tuple of str
        Open remains: not commingled, not already identified.
    persons : tuple of str
        Open persons: not alive, not already identified.
    profiles : tuple of Profile
        As `remains`; without calls where nothing was typed.
    donors : mapping of remains to Donor
        Of every typed remains, open or not.
    elimination : mapping of donor to Donor
    trees : tuple of Tree
    references : tuple of (mapping of member to Profile), as `trees`
    direct : mapping of person to Donor
        The person's own objects.
    models : tuple of MarkerModel
    notes : tuple of Remark
    """

    vertices: Vertices
    remains: tuple[str, ...]
    persons: tuple[str, ...]
    profiles: tuple[Profile, ...]
    donors: Mapping[str, Donor]
    elimination: Mapping[str, Donor]
    trees: tuple[Tree, ...]
    references: tuple[Mapping[str, Profile], ...]
    direct: Mapping[str, Donor]
    models: tuple[MarkerModel, ...]
    notes: tuple[Remark, ...]

    @property
    def case(self) -> Case:
        """The joined case."""
        return self.vertices.case


def inputs_of(case: Case) -> Inputs:
    """Everything that is weighed, from a case value.

    Raises
    ------
    NothingToWeigh, and what `marker_models` raises
    """
    vertices = joined(case)
    whole = vertices.case
    donors = remains_profiles(whole)
    individuals, direct = reference_profiles(whole), direct_reference_profiles(whole)
    models = marker_models(whole)
    done = set(vertices.fixed.values()) | set(vertices.alive)
    open_remains = tuple(
        one.remains
        for one in whole.remains
        if one.remains not in vertices.fixed and one.remains not in vertices.not_weighed
    )
    open_persons = tuple(one.person for one in whole.persons if one.person not in done)
    if not whole.remains or not whole.persons:
        raise NothingToWeigh(remains=len(whole.remains), persons=len(whole.persons))
    trees = family_trees(whole, alive=vertices.alive, errors=whole.policy.errors)
    return Inputs(
        vertices=vertices,
        remains=open_remains,
        persons=open_persons,
        profiles=tuple(_profile(donors, key) for key in open_remains),
        donors=donors,
        elimination=elimination_profiles(whole),
        trees=trees,
        references=tuple(
            _references(tree, individuals, direct, donors, vertices) for tree in trees
        ),
        direct=direct,
        models=tuple(models.models.values()),
        notes=(*models.notes, *samples_without_donor(whole), *_donor_notes(individuals, donors)),
    )


def _profile(donors: Mapping[str, Donor], key: str) -> Profile:
    return donors[key].profile if key in donors else Profile(key, {}, 0.0)


def _references(
    tree: Tree,
    individuals: Mapping[str, Donor],
    direct: Mapping[str, Donor],
    donors: Mapping[str, Donor],
    vertices: Vertices,
) -> dict[str, Profile]:
    """Typed members: relatives, a person's own object, and remains already identified as one."""
    found: dict[str, Profile] = {}
    identified = {person: remains for remains, person in vertices.fixed.items()}
    for member, person in tree.missing.items():
        if person in direct and direct[person].profile.calls:
            found[member] = direct[person].profile
        elif person in identified and identified[person] in donors:
            found[member] = donors[identified[person]].profile
    for individual, member in tree.member_of.items():
        donor = individuals.get(individual)
        if donor is not None and donor.profile.calls and not donor.samples_disagree:
            found[member] = donor.profile
    return found


def _donor_notes(*groups: Mapping[str, Donor]) -> tuple[Remark, ...]:
    return tuple(note for group in groups for donor in group.values() for note in donor.notes)
