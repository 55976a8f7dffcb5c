# SPDX-License-Identifier: Apache-2.0
"""Draw a case whose truth is known, and write it as a case folder beside its truth."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.option(
    "--preset",
    type=click.Choice(("demo", "small")),
    required=True,
    help="The plan to start from: demo has 447 remains, small has 12.",
)
@click.option("--seed", type=click.IntRange(min=0), required=True, help="Same seed, same bytes.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="A new or empty folder: case/, truth.csv, faults.csv, plan.json go there.",
)
@click.option("--remains", type=int, help="How many sets of remains.")
@click.option("--persons", type=int, help="How many reported persons.")
@click.option("--families", type=int, help="How many families.")
@click.option("--graves", type=int, help="How many graves.")
@click.option("--fault", multiple=True, help="NAME=RATE of a planted fault; repeat it.")
@click.option("--set", "settings", multiple=True, help="GROUP.NAME=VALUE of the plan; repeat it.")
def simulate(
    preset: str,
    seed: int,
    out: Path,
    remains: int | None,
    persons: int | None,
    families: int | None,
    graves: int | None,
    fault: tuple[str, ...],
    settings: tuple[str, ...],
) -> None:
    """Draw a case whose truth is known. Everybody in it is invented, and looks it."""
    import numpy as np

    from antigone.exchange.simulated_cases import write_simulated_case
    from antigone.exchange.simulation_inputs import simulation_inputs
    from antigone.science.simulation.plan import plan_with
    from antigone.science.simulation.presets import PRESETS
    from antigone.science.simulation.simulate import simulate as draw

    counts = {
        "n_remains": remains,
        "people.n_persons": persons,
        "people.n_families": families,
        "site.n_graves": graves,
    }
    changes: dict[str, object] = {name: n for name, n in counts.items() if n is not None}
    changes |= {f"faults.{name}": value for name, value in map(_parted, fault)}
    changes |= dict(map(_parted, settings))
    plan = plan_with(PRESETS[preset](), changes)
    inputs = simulation_inputs(plan.laboratory.population)
    case = draw(
        plan, np.random.default_rng(seed), inputs.frequencies, inputs.names, inputs.example_policy
    )
    write_simulated_case(case, plan, out, seed=seed)
    click.echo(
        f"Wrote {len(case.tables['remains'])} remains, {len(case.tables['person'])} persons and "
        f"{len(case.faults)} planted faults to {out}.",
        err=True,
    )


def _parted(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise click.UsageError(f"{text!r} is not NAME=VALUE.")
    return name.strip(), value.strip()
