# SPDX-License-Identifier: Apache-2.0
"""Two named plans: the size of the model case, and a small one for guides and tests."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

from antigone.science.simulation.plan import (
    ExaminationPlan,
    FaultRates,
    JournalPlan,
    LaboratoryPlan,
    PeoplePlan,
    SimulationPlan,
    SitePlan,
)

KIT = tuple(
    "D3S1358,TH01,D21S11,D18S51,Penta E,D5S818,D13S317,D7S820,D16S539,CSF1PO,Penta D,vWA,D8S1179,"
    "TPOX,FGA,D19S433,D2S1338,D10S1248,D1S1656,D22S1045,D2S441,D12S391,SE33".split(",")
)
"""The 23 autosomal markers of common kits, as norSTR writes them."""

_PATTERN_MIX = MappingProxyType(
    {
        "both_parents": 0.17,
        "parent_child": 0.14,
        "children_spouse": 0.17,
        "two_siblings": 0.01,
        "parent_sibling": 0.01,
        "parent": 0.08,
        "child": 0.07,
        "child_spouse": 0.05,
        "sibling": 0.05,
        "uncle": 0.03,
        "grandparent": 0.03,
        "cousin": 0.02,
        "half_sibling": 0.02,
        "none": 0.15,
    }
)


def demo_plan() -> SimulationPlan:
    """The size of the model case: 447 remains in 424 graves, 700 persons of 600 families."""
    return SimulationPlan(
        name="demo",
        n_remains=447,
        site=SitePlan(
            n_graves=424,
            n_empty_graves=4,
            highest_number=445,
            n_repeated_numbers=4,
            common_grave_stated=17,
            common_grave_low=17,
            common_grave_high=22,
            marker_named=0.10,
        ),
        journal=JournalPlan(
            coverage=0.93,
            nameless=0.22,
            russian=0.6,
            initials=0.3,
            surname_only=0.1,
            births=0.3,
            deaths=0.5,
        ),
        people=PeoplePlan(
            n_persons=700,
            n_families=600,
            share_on_list=0.85,
            share_female=0.5,
            share_children=0.03,
            n_reported_twice=8,
            twice_joined=0.9,
            triple_share=0.1,
            together=0.8,
            share_servicemen_elsewhere=0.3,
            found_alive=0.02,
            kin_complete=0.6,
            patterns=_PATTERN_MIX,
            direct_reference=0.03,
            stature_recorded=0.6,
            born_year_only=0.15,
            born_about=0.1,
            name_russian=0.2,
            name_latin=0.05,
        ),
        examination=ExaminationPlan(
            n_split=4,
            split_joined=1.0,
            skeletal=0.3,
            sex_undetermined=0.025,
            sex_error_skeletal=0.05,
            sex_error_external=0.005,
            age_sd_years=6.0,
            age_half_width_years=7.0,
            stature_sd_cm=4.0,
            stature_half_width_cm=4.0,
            stature_measured=0.7,
            document=0.2,
            clothing=0.5,
        ),
        laboratory=LaboratoryPlan(
            population="europeDB",
            minimum_frequency=0.001,
            markers=KIT,
            mutation_female=0.00035,
            mutation_male=0.0021,
            mutation_rate2=0.000001,
            mutation_range=0.02,
            two_samples=0.8,
            no_sample=0.03,
            rerun=0.3,
            degraded=0.08,
            degraded_markers_low=4,
            degraded_markers_high=11,
            weak_markers=0.05,
            dropout=0.02,
            dropout_degraded=0.10,
            dropin=0.001,
            genotyping=0.0005,
            amelogenin_y_lost=0.001,
        ),
        faults=FaultRates(
            journal_wrong_person=0.015,
            journal_swapped=0.0025,
            journal_wrong_sex=0.02,
            journal_misspelt=0.15,
            journal_line_without_marker=0.03,
            marker_missing=0.02,
            marker_loose=0.01,
            document_lies_with_another=0.1,
            remains_status_wrong=0.005,
            person_born_wrong=0.03,
            person_misspelt=0.03,
            false_paternity=0.02,
            false_maternity=0.002,
            sample_swap=0.002,
            reference_swap=0.001,
            body_label_swap=0.0005,
            unreported_kin=0.06,
            kin_complete_untrue=0.01,
            custody_not_received=0.01,
        ),
    )


def small_plan() -> SimulationPlan:
    """Twelve remains and twenty persons, for guides and tests; rates as in the demonstration."""
    demo = demo_plan()
    return replace(
        demo,
        name="small",
        n_remains=12,
        site=replace(
            demo.site,
            n_graves=11,
            n_empty_graves=1,
            highest_number=14,
            n_repeated_numbers=0,
            common_grave_stated=2,
            common_grave_low=2,
            common_grave_high=3,
        ),
        people=replace(demo.people, n_persons=20, n_families=17, n_reported_twice=1),
        examination=replace(demo.examination, n_split=0),
    )


PRESETS = MappingProxyType({"demo": demo_plan, "small": small_plan})
"""The named plans."""
