# SPDX-License-Identifier: Apache-2.0
"""Fit the weights of the name comparison and report cross-validated AUC and recall.

    python benchmarks/fit_names.py            # report only
    python benchmarks/fit_names.py --write    # also write name_weights.toml

Logistic regression without intercept on part-by-part log ratios, positives and negatives weighed
to equal totals, so that the score is a natural-log likelihood ratio with the file's label balance
removed. Negatives stand for "two persons of one list": chance pairs across the file, a share of
near pairs and a small share of kin (brothers, other patronymics), stated below.
"""

from __future__ import annotations

import argparse
import csv
from pathlib import Path

import numpy as np
from scipy.optimize import minimize, minimize_scalar
from scipy.stats import rankdata

from antigone.science.linkage.names import compare, parse_name
from antigone.science.linkage.names.weights import NameWeights

HERE = Path(__file__).resolve().parent.parent
PAIRS = HERE / "tests/published/names/name-pairs-dev.csv"
WEIGHTS = HERE / "src/antigone/science/linkage/names/name_weights.toml"

KNOTS = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
SHARES = {"chance": 0.945, "near": 0.05, "kin": 0.005}
INITIAL_RIGHT = 0.97  # P(an initial agrees | one person): stated, the file has no initials
SURNAME_CHANGED = {"female": 0.10, "male": 0.01, "unknown": 0.03}  # stated
RIDGE = 1e-4
START = NameWeights(  # only to choose among readings, and to join links that the file lacks
    knots=KNOTS,
    values={
        "given": (-5.0, -4.0, -3.0, -1.0, 0.5, 2.0, 3.0),
        "patronymic": (-4.0, -3.0, -2.0, -1.0, 0.5, 2.0, 3.0),
        "surname": (-5.0, -4.0, -2.0, 0.0, 2.0, 5.0, 6.5),
    },
    initials={role: (2.0, -3.0) for role in compare.ROLES},
    beside_other_patronymic=0.2,
    surname_changed=SURNAME_CHANGED,
    chance={role: 0.01 for role in compare.ROLES},
    source="stated",
)
MISSING_LINK = 7.5
BOUND = 8.0
FOLDS = 5


def read_pairs():
    with PAIRS.open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def persons(rows):
    """Name to the number of its person: names joined by pairs labelled 1."""
    parent = {}

    def find(name):
        parent.setdefault(name, name)
        while parent[name] != name:
            parent[name] = parent[parent[name]]
            name = parent[name]
        return name

    for row in rows:
        a, b = find(row["name_a"]), find(row["name_b"])
        if row["label"] == "1":
            parent[a] = b
    join_missing_links(rows, parent, find)
    numbers = {root: i for i, root in enumerate(sorted({find(name) for name in parent}))}
    return {name: numbers[find(name)] for name in parent}


def join_missing_links(rows, parent, find):
    """Join persons whom the file does not link but whose names agree in every part.

    The file links only some spellings of a person; without this, some "chance" pairs would be
    one person (17 of the first 20 by score, read by hand, were).
    """
    a = sorted({row["name_a"] for row in rows})
    b = sorted({row["name_b"] for row in rows})
    score = compare.name_log_ratios(
        [parse_name(x) for x in a], [parse_name(x) for x in b], weights=START
    )
    refused = {(row["name_a"], row["name_b"]) for row in rows if row["label"] == "0"}
    for i, j in np.argwhere(score >= MISSING_LINK):
        if (a[i], b[j]) not in refused:
            parent[find(a[i])] = find(b[j])


class Pairs:
    """Pairs of names as kinds and similarities of their readings, with weights."""

    def __init__(self, names_a, names_b, label, weight, fold, tag):
        self.label, self.weight, self.fold, self.tag = label, weight, fold, tag
        a = compare.ready_list([parse_name(name) for name in names_a])
        b = compare.ready_list([parse_name(name) for name in names_b])
        starts_a = np.searchsorted(a.owners, range(a.size + 1))
        starts_b = np.searchsorted(b.owners, range(b.size + 1))
        left, right, owner = [], [], []
        for i in range(a.size):
            for x in range(starts_a[i], starts_a[i + 1]):
                for y in range(starts_b[i], starts_b[i + 1]):
                    left.append(x), right.append(y), owner.append(i)
        self.owner = np.array(owner)
        self.starts = np.flatnonzero(np.diff(owner, prepend=-1))
        self.kind, self.similarity = {}, {}
        for role in compare.ROLES:
            pairs = compare.part_pairs(a.parts[role], b.parts[role])
            x, y = a.places[role][left], b.places[role][right]
            self.kind[role], self.similarity[role] = pairs.kind[x, y], pairs.similarity[x, y]
        sexes = [
            max(SURNAME_CHANGED[s or "unknown"] for s in pair)
            for pair in zip(a.sexes, b.sexes, strict=True)
        ]
        self.change = np.array(sexes)[owner]

    def every_score(self, weights):
        term = {
            role: compare.part_log_ratios(
                compare.RolePairs(self.kind[role], self.similarity[role]), role, weights
            )
            for role in compare.ROLES
        }
        surname = compare.surname_may_have_changed(term["surname"], self.change)
        return compare.combined_log_ratio(term["given"], term["patronymic"], surname, weights)

    def scores(self, weights):
        return np.maximum.reduceat(self.every_score(weights), self.starts)

    def best_readings(self, weights):
        """The place of each pair's best reading under `weights`."""
        every = self.every_score(weights)
        order = np.lexsort((-every, self.owner))
        return order[np.searchsorted(self.owner[order], np.arange(len(self.starts)))]


def fit(pairs, used, initials, chance):
    """Weights from the pairs marked `used`: each part alone, then the share beside a difference."""
    best = pairs.best_readings(START)
    values = {role: fit_part(pairs, best, used, role) for role in compare.ROLES}

    def with_share(share):
        return NameWeights(KNOTS, values, initials, float(share), SURNAME_CHANGED, chance, "")

    weight = balanced(pairs.weight * used, pairs.label)
    sign = np.where(pairs.label == 1, -1.0, 1.0)

    def loss(share):
        return float(np.sum(weight * np.logaddexp(0, sign * pairs.scores(with_share(share)))))

    return with_share(minimize_scalar(loss, bounds=(0, 1), method="bounded").x)


def fit_part(pairs, best, used, role):
    """Log ratios of one part at the knots: logistic regression of same person against chance.

    Hat functions on the knots, rising, intercept removed by equal totals. One part alone is far
    from separable, so the values are honest log ratios and not as large as the bound allows.
    """
    use = (pairs.kind[role][best] == compare.WORDS) & used & np.isin(pairs.tag, ("same", "chance"))
    similarity, label = pairs.similarity[role][best][use], pairs.label[use]
    hats = np.array([np.interp(similarity, KNOTS, one) for one in np.eye(len(KNOTS))]).T
    rises = hats @ np.tril(np.ones((len(KNOTS), len(KNOTS))))
    weight = balanced(np.ones(label.size), label)
    sign = np.where(label == 1, -1.0, 1.0)

    def loss(x):
        margin = sign * (rises @ x)
        slope = weight * sign / (1 + np.exp(-margin))
        value = np.sum(weight * np.logaddexp(0, margin)) + RIDGE * np.sum(x**2)
        return float(value), rises.T @ slope + 2 * RIDGE * x

    bounds = [(-BOUND, 0)] + [(0, BOUND)] * (len(KNOTS) - 1)
    start = [-3.0] + [1.0] * (len(KNOTS) - 1)
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds)
    return tuple(np.cumsum(found.x))


def balanced(weight, label):
    """Weights with equal totals of both labels: the label balance of the file removed."""
    totals = np.where(label == 1, weight[label == 1].sum(), weight[label == 0].sum())
    return weight / totals


def auc(score, label):
    ranks, n = rankdata(score), label.sum()
    return (ranks[label == 1].sum() - n * (n + 1) / 2) / (n * (len(label) - n))


def recall_at(score, label, precision=0.99):
    order = np.argsort(-score, kind="stable")
    score, label = score[order], label[order]
    last = np.append(score[1:] != score[:-1], True)
    true = np.cumsum(label)
    good = last & (true / np.arange(1, len(label) + 1) >= precision)
    return true[good].max(initial=0) / label.sum()


def chance_pairs(rows, person, rng, per_name=300):
    east = [row for row in rows if row["group"] == "east"]
    a = sorted({row["name_a"] for row in east})
    b = sorted({row["name_b"] for row in east})
    left, right = [], []
    for name in a:
        for other in rng.choice(len(b), per_name, replace=False):
            if person[name] != person[b[other]]:
                left.append(name), right.append(b[other])
    return left, right


def letters_agree(names_a, names_b):
    found = {}
    for role in compare.ROLES:
        flags = []
        for x, y in zip(names_a, names_b, strict=True):
            p = getattr(parse_name(x).readings[0], role)
            q = getattr(parse_name(y).readings[0], role)
            if p and q:
                flags.append(bool(p.letters & q.letters))
        found[role] = float(np.mean(flags))
    return found


def main():
    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ask.add_argument("--write", action="store_true")
    ask.add_argument("--seed", type=int, default=20260101)
    options = ask.parse_args()
    rng = np.random.default_rng(options.seed)
    rows = read_pairs()
    person = persons(rows)
    fold_of = rng.integers(0, FOLDS, max(person.values()) + 1)
    left, right = chance_pairs(rows, person, rng)
    agree = letters_agree(left, right)
    initials = {
        role: (
            float(np.log(INITIAL_RIGHT / p)),
            float(np.log((1 - INITIAL_RIGHT) / (1 - p))),
        )
        for role, p in agree.items()
    }
    kind = ["near" if row["type"] in ("near", "random") else row["type"] for row in rows]
    tag = np.array(
        [{"same_person": "same", "near": "near"}.get(one, "kin") for one in kind]
        + ["chance"] * len(left)
    )
    label = np.array([int(row["label"]) for row in rows] + [0] * len(left))
    weight = np.ones(len(label))
    for one, share in SHARES.items():
        weight[tag == one] = share / np.sum(tag == one)
    names_a = [row["name_a"] for row in rows] + left
    names_b = [row["name_b"] for row in rows] + right
    fold = np.array([fold_of[person[name]] for name in names_a])
    pairs = Pairs(names_a, names_b, label, weight, fold, tag)
    chance = {}
    first = np.repeat(False, len(pairs.kind["given"]))
    first[pairs.starts] = True
    owner_tag = np.repeat(tag, np.diff(np.append(pairs.starts, len(first))))
    for role in compare.ROLES:
        among = (owner_tag == "chance") & (pairs.kind[role] == compare.WORDS)
        chance[role] = float((np.sum(pairs.similarity[role][among] >= 0.9) + 1) / (among.sum() + 2))
    print("chance", chance, "initials", initials)

    dev = np.arange(len(rows))
    score = np.zeros(len(label))
    for one in range(FOLDS):
        weights = fit(pairs, fold != one, initials, chance)
        at = fold == one
        score[at] = pairs.scores(weights)[at]
    report(score, label, tag, rows, dev)
    weights = fit(pairs, np.ones(len(label), dtype=bool), initials, chance)
    print(weights)
    if options.write:
        WEIGHTS.write_text(as_toml(weights), encoding="utf-8")


def report(score, label, tag, rows, dev):
    group = np.array([row["group"] for row in rows])
    for one in ("all", "east", "slavic_baltic", "foreign"):
        at = dev[(group == one) | (one == "all")]
        recall = recall_at(score[at], label[at])
        print(f"{one}: AUC {auc(score[at], label[at]):.4f}, recall {recall:.4f}")
    for one in ("same", "kin", "near", "chance"):
        s = score[tag == one]
        print(
            f"{one}: n {s.size}, quantiles 1 5 50 95 99 %:",
            np.round(np.quantile(s, [0.01, 0.05, 0.5, 0.95, 0.99]), 2),
            f"share above 0: {np.mean(s > 0):.4f}, mean ratio {np.mean(np.exp(s)):.3g}",
        )


def as_toml(weights):
    def row(values):
        return "[" + ", ".join(f"{value:.3f}" for value in values) + "]"

    lines = [
        "# Written by benchmarks/fit_names.py; edit there. Natural-log ratios.",
        'source = "Fitted on tests/published/names/name-pairs-dev.csv (Wikidata labels of members '
        "of parliaments, CC0); initials and surname changes are stated, see "
        'docs/validation/names.md"',
        f"knots = {list(weights.knots)}",
        f"beside_other_patronymic = {weights.beside_other_patronymic:.3f}",
        "[values]",
        *(f"{role} = {row(values)}" for role, values in weights.values.items()),
        "[initials]",
        *(f"{role} = {row(pair)}" for role, pair in weights.initials.items()),
        "[surname_changed]",
        *(f"{sex} = {rate}" for sex, rate in weights.surname_changed.items()),
        "[chance]",
        *(f"{role} = {value:.3g}" for role, value in weights.chance.items()),
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
