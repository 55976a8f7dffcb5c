# SPDX-License-Identifier: Apache-2.0
"""Shipped frequency tables, and others of the same form."""

import pytest

from antigone.exchange import frequency_tables as module
from antigone.exchange.frequency_tables import (
    SHIPPED,
    frequency_rows,
    read_frequency_csv,
    shipped_frequencies,
    shipped_populations,
)
from antigone.science.genetics.frequencies import ready_frequencies
from antigone.terms.case import FrequencyTable
from antigone.terms.policy import FrequencyPolicy

HEAD = "population,locus,allele,freq,n_alleles\n"


def test_what_ships() -> None:
    assert {name: len(shipped_populations(name)) for name in SHIPPED} == {
        "norSTR": 7,
        "NIST1036": 4,
        "UKDNA17": 4,
    }
    markers = {
        name: len(shipped_frequencies(name, shipped_populations(name)[0])) for name in SHIPPED
    }
    assert markers["NIST1036"] == 29
    assert markers["UKDNA17"] == 16
    assert markers["norSTR"] >= 40


@pytest.mark.parametrize("name", SHIPPED)
def test_every_shipped_table_is_ready_for_use(name: str) -> None:
    policy = FrequencyPolicy("any", 5.0, None, 0.0, (0.0,))
    for population in shipped_populations(name):
        for table in shipped_frequencies(name, population):
            ready = ready_frequencies(table, (), policy)
            assert ready.notes == ()
            assert len(ready.alleles) == len(table.alleles) >= 2


def test_values_as_published() -> None:
    cauc = {table.marker: table for table in shipped_frequencies("NIST1036", "AfAm")}
    csf = cauc["CSF1PO"]
    assert csf.n_alleles == 684
    assert dict(zip(csf.alleles, csf.frequencies, strict=True))["10"] == 0.25
    norway = shipped_frequencies("norSTR", "norwayDB")
    assert all(table.n_alleles is None for table in norway)


def test_rows_of_a_case_folder_come_back() -> None:
    table = FrequencyTable("INVENTED1", "invented", ("9", "9.3"), (0.1, 0.9), 200)
    assert frequency_rows([table])[1] == {
        "marker": "INVENTED1",
        "allele": "9.3",
        "population": "invented",
        "frequency": "0.9",
        "n_alleles": "200",
    }


def test_unknown_names_are_refused() -> None:
    with pytest.raises(module.FrequencySetUnknown, match="norSTR"):
        shipped_frequencies("nowhere", "norwayDB")
    with pytest.raises(module.FrequencyPopulationUnknown, match="norwayDB"):
        shipped_frequencies("norSTR", "atlantisDB")


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("population,locus,allele\nA,L1,9\n", 1, "freq, n_alleles"),
        (HEAD + "A,L1,9,0.5,200\nA,L1,nine,0.5,200\n", 3, "nine"),
        (HEAD + "A,L1,9,many,200\n", 2, "many"),
        (HEAD + "A,L1,9,1.5,200\n", 2, "1.5"),
        (HEAD + "A,L1,9,0.5,200\nA,L1,9.0,0.5,200\n", 3, "twice"),
        (HEAD + "A,L1,9,0.5,200\nA,L1,10,0.5,100\n", 3, "n_alleles"),
        (HEAD + ",L1,9,0.5,200\n", 2, "blank"),
        (HEAD + "A,L1,9,0.5,0\n", 2, "n_alleles"),
    ],
)
def test_faults_name_the_line(text: str, line: int, words: str) -> None:
    with pytest.raises(module.FrequencyRowWrong, match=words) as refusal:
        read_frequency_csv(text, "invented.csv")
    assert refusal.value.facts["line"] == line
