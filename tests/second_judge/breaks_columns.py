"""What breaks the conditions of the plated column."""

from __future__ import annotations

from .breakers import UM, C, breaks

COLUMN, ETCHED = "plated_column", "plated_column_etched"


def nickel(d):
    return next(s for s in d.all("plate") if s["material"] == "Ni")


@breaks("opening-exposes-pad", COLUMN)
@breaks("metal-path", COLUMN)
def pad_is_covered(d):
    d.insert(d.step("coat"), do="coat", layer="oxide", material="SiO2",
             thickness=d.dice.log(0.3, 2.0) * UM)  # fmt: skip


@breaks("opening-exposes-pad", COLUMN, aim="not judged")
def no_passivation(d):
    d.drop(d.step("coat"))
    d.wet(SiO2=140.0)


@breaks("steps-in-order", COLUMN)
def passivation_after_the_seed(d):
    seed, passivation = d.step("plate"), d.named("passivation")
    seed["radius"] = 0.5 * passivation["opening"]["radius"]
    seed["thickness"] = 0.2 * UM
    d.move(seed, passivation)


@breaks("masks-removed", COLUMN)
def resist_stays(d):
    d.drop(d.step("strip"))
    d.named("resist")["thickness"] = d.dice.lin(15.0, 25.0) * UM
    d.named("polyimide")["thickness"] = d.dice.lin(5.0, 20.0) * UM


@breaks("masks-removed", COLUMN, aim="not judged")
def no_resist(d):
    d.drop(d.step("strip"), d.named("resist"))


@breaks("pad-metal", COLUMN, ETCHED)
def pad_of_another_metal(d):
    d.step("substrate")["pad"]["material"] = d.dice.pick(["Ni", "Au", "Ti", "Ag"])


@breaks("pad-metal", COLUMN, aim="not judged")
def pad_unknown(d):
    d.data["materials"]["alloy X"] = {"kind": "metal"}
    d.step("substrate")["pad"]["material"] = "alloy X"


@breaks("ubm-metals", COLUMN)
@breaks("ubm-thickness", COLUMN, aim="not judged")
def no_nickel(d):
    nickel(d)["material"] = d.dice.pick(["Cu", "Ti", "Pd"])
    d.wet(Pd=30.0, Ti=60.0)


@breaks("ubm-metals", ETCHED)
def another_order(d):
    one, two, _ = d.all("plate")
    one["material"], two["material"] = two["material"], one["material"]


@breaks("ubm-metals", COLUMN, aim="not judged")
def roles_contradict(d):
    d.all("plate")[0]["role"] = "additional"
    d.all("plate")[1]["role"] = "ubm"


@breaks("ubm-metals", COLUMN, aim="holds")
@breaks("ubm-thickness", COLUMN, aim="holds")
def added_metal(d):
    d.all("plate")[0]["role"] = "seed"
    nickel(d)["role"] = "ubm"
    extra = {"do": "plate", "layer": "more", "material": "Cu", "radius": nickel(d)["radius"],
             "thickness": d.dice.lin(2.0, 12.0) * UM}  # fmt: skip
    if d.dice.chance(0.5):
        extra["role"] = "additional"
    d.insert(d.step("deposit"), **extra)


@breaks("ubm-thickness", COLUMN, ETCHED)
def ubm_too_thick(d):
    for step in d.all("plate")[-2:]:
        step["thickness"] = d.dice.lin(10.5, 14.0) * UM


@breaks("ubm-thickness", COLUMN)
def ubm_too_thin(d):
    nickel(d)["thickness"] = d.dice.lin(0.2, 0.9) * UM


@breaks("ubm-ends-at-solder", COLUMN, ETCHED)
def column_narrower(d):
    d.step("deposit")["column"]["radius"] *= d.dice.lin(0.8, 0.95)


@breaks("ubm-ends-at-solder", COLUMN, aim="not judged")
@breaks("solder-higher-than-polyimide", COLUMN, aim="not judged")
def melted_before_the_polyimide(d):
    d.insert(d.named("polyimide"), do="reflow", name="early", peak=d.step("reflow")["peak"])


@breaks("polyimide-on-passivation", COLUMN)
@breaks("ubm-ends-at-solder", COLUMN)
def blanket_ubm_stays(d):
    """Blanket metal, not etched: the polyimide lies on it."""
    ubm = nickel(d)
    d.drop(d.step("plate"), ubm)
    d.insert(d.named("resist"), do="coat", layer="UBM", material="Ni", role="ubm",
             thickness=d.dice.lin(2.0, 6.0) * UM)  # fmt: skip


@breaks("polyimide-on-passivation", COLUMN, aim="not judged")
@breaks("column-protrudes", COLUMN, aim="not judged")
@breaks("ball-spherical", COLUMN, aim="not judged")
def no_polyimide(d):
    d.drop(d.named("polyimide"))
    d.wet(Si3N4=140.0)


@breaks("solder-higher-than-polyimide", COLUMN)
def polyimide_as_thick_as_the_solder(d):
    d.named("polyimide")["thickness"] = (
        d.step("deposit")["column"]["height"] + d.dice.lin(-0.9, 3.0) * UM
    )


@breaks("column-protrudes", COLUMN)
def hardly_protrudes(d):
    metal = sum(s["thickness"] for s in d.all("plate")) + d.step("deposit")["column"]["height"]
    field = d.named("passivation")["thickness"]
    d.named("polyimide")["thickness"] = metal - field - d.dice.lin(0.05, 0.95) * UM


@breaks("column-protrudes", COLUMN)
def covered(d):
    d.named("polyimide")["thickness"] = d.step("deposit")["column"]["height"] + 15.0 * UM


@breaks("etch-raises-protrusion", ETCHED)
def hardly_etched(d):
    d.step("etch")["by"] = d.dice.lin(0.05, 0.95) * UM


@breaks("etch-raises-protrusion", ETCHED, aim="not judged")
def etched_after_the_reflow(d):
    d.move(d.step("etch"), None)


@breaks("ball-above-polyimide", COLUMN)
@breaks("ball-ends-at-edge", COLUMN)
@breaks("ball-spherical", COLUMN, aim="not judged")
def ball_in_a_deep_opening(d):
    coat = d.named("polyimide")
    coat["opening"] = {"radius": d.step("deposit")["column"]["radius"] * d.dice.lin(1.3, 1.8)}
    coat["thickness"] = d.dice.lin(100.0, 130.0) * UM
    d.wet(Si3N4=140.0)


@breaks("ball-above-polyimide", COLUMN)
@breaks("ball-spherical", COLUMN, aim="not judged")
def cut_before_the_polyimide(d):
    d.move(d.named("polyimide"), None)
    late = d.named("polyimide")
    late["opening"] = {"radius": d.step("deposit")["column"]["radius"] * d.dice.lin(1.3, 1.8)}
    d.insert(late, do="abrade", to=late["thickness"] * d.dice.lin(0.3, 0.9))
    d.wet(Si3N4=140.0)


@breaks("ball-ends-at-edge", COLUMN)
def ball_in_a_shallow_opening(d):
    coat = d.named("polyimide")
    coat["opening"] = {"radius": d.step("deposit")["column"]["radius"] * d.dice.lin(1.2, 1.8)}
    d.wet(Si3N4=140.0)


@breaks("ball-spherical", COLUMN, ETCHED)
def flat_cap(d):
    d.step("deposit")["column"]["height"] = (
        d.named("polyimide")["thickness"] + d.dice.lin(2.0, 15.0) * UM
    )
    for step in d.all("etch"):
        step["by"] = 1.5 * UM


@breaks("ball-ends-at-edge", COLUMN, aim="holds")
def ball_spreads(d):
    d.wet(polyimide=d.dice.lin(60.0, 110.0))


@breaks("cure-window", COLUMN, aim="not judged")
def as_it_is(d):
    pass


def cured(d, temperature, time):
    d.insert(d.step("plate"), do="cure", temperature=temperature + C, time=time)


@breaks("cure-window", COLUMN)
def cured_too_cool(d):
    cured(d, d.dice.lin(150.0, 290.0), d.dice.lin(1.6, 2.4) * 3600.0)


@breaks("cure-window", COLUMN, aim="holds")
def cured_as_claimed(d):
    cured(d, d.dice.lin(305.0, 395.0), d.dice.lin(1.6, 2.4) * 3600.0)
