"""What breaks the conditions of a core under a cap, and of stacked masks."""

from __future__ import annotations

from .breakers import NL, UM, C, breaks

CORE, BALL = "core_and_cap", "core_metal_ball"
MASKS, ONE, THREE = "stacked_masks", "stacked_masks_one_reflow", "stacked_masks_three"


def until_the_cap(d):
    d.cut_from(d.step("mount"))


@breaks("opening-exposes-pad", CORE)
def terminal_is_covered(d):
    d.insert(d.step("coat"), do="coat", layer="oxide", material="SiO2", thickness=2.0 * UM)
    d.wet(SiO2=d.dice.lin(60.0, 85.0))


@breaks("opening-exposes-pad", BALL, aim="not judged")
def as_it_is(d):
    pass


@breaks("opening-within-pad", CORE)
def opening_beyond_the_pad(d):
    d.step("coat")["opening"]["radius"] = d.step("substrate")["pad"]["radius"] * d.dice.lin(
        1.02, 1.2
    )
    d.step("deposit")["volume"] = d.dice.lin(30.0, 60.0) * NL
    d.wet(FR4=140.0)


@breaks("first-melts-higher", CORE)
@breaks("frozen-stays-solid", CORE)
def cap_melts_higher(d):
    d.step("deposit")["solder"] = "Sn63Pb37"
    d.step("reflow")["peak"] = 220.0 + C
    d.step("deposit", 1)["solder"] = "SAC305"
    d.step("reflow", 1)["peak"] = 245.0 + C
    until_the_cap(d)


@breaks("frozen-stays-solid", CORE)
@breaks("standoff-held-by-core", CORE, aim="not judged")
def mounted_too_hot(d):
    d.step("mount")["peak"] = d.dice.lin(315.0, 350.0) + C
    if d.dice.chance(0.5):
        d.step("mount")["remelts"] = True


@breaks("core-spherical", CORE)
def core_too_flat(d):
    d.step("deposit")["volume"] = d.dice.log(1.0, 4.0) * NL
    until_the_cap(d)


@breaks("core-spherical", BALL, aim="not judged")
@breaks("first-melts-higher", BALL, aim="not judged")
def no_core(d):
    d.drop(d.step("core"))
    until_the_cap(d)


@breaks("cap-covers-core", CORE)
def cap_too_small(d):
    d.step("deposit", 1)["volume"] = d.dice.log(0.02, 0.6) * NL
    d.data["wetting"]["Sn63Pb37 on Pb95Sn5"] = d.dice.lin(0.5, 1.3)
    until_the_cap(d)


@breaks("cap-covers-core", BALL)
def ring_at_the_foot(d):
    d.step("deposit")["stencil"]["thickness"] = d.dice.lin(60.0, 160.0) * UM
    until_the_cap(d)


@breaks("cap-covers-core", CORE, aim="not judged")
@breaks("standoff-held-by-core", CORE, aim="holds")
def cap_melts_at_mounting(d):
    d.drop(d.step("reflow", 1))


@breaks("standoff-held-by-core", CORE, BALL)
@breaks("standoff-steady", CORE, BALL)
@breaks("standoff-equals-core", CORE, aim="not judged")
def floats(d):
    d.step("mount")["load"] = d.dice.log(1e-9, 3e-5)
    if d.data["case"]["name"] == CORE:
        d.step("deposit", 1)["volume"] = d.dice.lin(20.0, 40.0) * NL
    else:
        d.step("deposit")["stencil"]["thickness"] = d.dice.lin(420.0, 600.0) * UM


@breaks("standoff-held-by-core", CORE, BALL, aim="not judged")
@breaks("standoff-steady", BALL, aim="not judged")
@breaks("standoff-equals-core", BALL, aim="not judged")
def gap_is_given(d):
    core = 300.0 * UM if d.data["case"]["name"] == BALL else 275.0 * UM
    del d.step("mount")["load"]
    d.step("mount")["standoff"] = core * d.dice.lin(1.0, 1.06)


@breaks("standoff-equals-core", CORE, BALL)
def held_at_the_resist(d):
    d.step("mount")["resist"] = {
        "material": "solder resist",
        "thickness": d.dice.lin(25.0, 35.0) * UM,
        "opening": {"radius": d.dice.lin(50.0, 70.0) * UM},
    }


@breaks("joint-closed", CORE, aim="not judged")
def out_of_reach(d):
    del d.step("mount")["load"]
    d.step("mount")["standoff"] = d.dice.lin(500.0, 700.0) * UM


@breaks("standoff-steady", CORE, aim="holds")
def hot_but_solid(d):
    d.step("mount")["peak"] = d.dice.lin(190.0, 305.0) + C


# -- stacked masks -----------------------------------------------------------


@breaks("opening-exposes-pad", MASKS, ONE)
@breaks("pre-solder-body", MASKS)
@breaks("ball-on-ubm", ONE)
def land_is_covered(d):
    d.insert(d.step("coat"), do="coat", layer="oxide", material="Si3N4", thickness=1.0 * UM)
    d.wet(Si3N4=d.dice.lin(60.0, 85.0))


@breaks("metal-path", MASKS, ONE, aim="holds")
def ubm_plated(d):
    d.step("substrate")["pad"]["material"] = "Cu"
    d.insert(d.step("coat"), do="plate", layer="UBM", material="Ni", radius=50.0 * UM,
             thickness=d.dice.lin(2.0, 5.0) * UM, role=d.dice.pick(["ubm", None]))  # fmt: skip
    plate = d.step("plate")
    if plate["role"] is None:
        del plate["role"]


@breaks("metal-path", MASKS, ONE)
def oxide_under_the_ubm(d):
    ubm_plated(d)
    land_is_covered(d)
    d.move(d.named("oxide"), d.step("plate"))


@breaks("steps-in-order", MASKS)
def stripped_before_they_fuse(d):
    for strip in list(d.all("strip")):
        d.move(strip, d.step("reflow", 1))


@breaks("steps-in-order", MASKS, ONE, THREE, aim="not judged")
@breaks("masks-removed", MASKS, ONE, THREE)
def masks_stay(d):
    d.drop(*d.all("strip")[-1:])
    if len(d.all("reflow")) > 2:
        d.drop(d.all("reflow")[-1])


@breaks("masks-removed", MASKS, aim="not judged")
@breaks("bodies-fuse", MASKS, aim="not judged")
@breaks("ball-on-ubm", MASKS, aim="not judged")
def stops_before_any_melt(d):
    d.cut_from(d.step("reflow"))


@breaks("mask-material", MASKS, ONE)
def mask_of_another_kind(d):
    d.step("coat")["material"] = d.dice.pick(["polyimide", "solder resist", "epoxy"])
    d.wet(polyimide=140.0, epoxy=140.0, solder_resist=140.0)


@breaks("pre-solder-body", ONE, aim="not judged")
def one_reflow(d):
    pass


@breaks("upper-mask-on-lower", MASKS, aim="not judged")
@breaks("openings-aligned", MASKS, aim="not judged")
@breaks("upper-opening-larger", MASKS, aim="not judged")
@breaks("bodies-fuse", MASKS, aim="not judged")
def one_mask(d):
    d.drop(d.all("coat")[1], d.all("deposit")[1], d.all("strip")[0])


@breaks("upper-mask-on-lower", MASKS)
def lower_mask_is_gone(d):
    d.move(d.all("strip")[1], d.all("coat")[1])
    d.all("coat")[1]["thickness"] = 85.0 * UM


@breaks("upper-opening-larger", MASKS, ONE)
def openings_alike(d):
    first, second = d.all("coat")[:2]
    second["opening"]["radius"] = first["opening"]["radius"]


@breaks("upper-opening-larger", MASKS)
def lower_wall_leans_out(d):
    first, second = d.all("coat")[:2]
    first["opening"]["sidewall"] = d.dice.lin(1.0, 1.2)
    second["opening"]["radius"] = d.dice.lin(62.0, 82.0) * UM


@breaks("bodies-fuse", MASKS, THREE)
@breaks("frozen-stays-solid", MASKS, aim="holds")
def one_stays_solid(d):
    d.step("deposit")["solder"] = "Pb95Sn5"
    d.step("reflow")["peak"] = 350.0 + C
    d.wet(Pb95Sn5=25.0)


@breaks("ball-on-ubm", MASKS, THREE)
def ball_spreads(d):
    d.wet(SiO2=d.dice.lin(30.0, 70.0))


@breaks("corners-filled", ONE)
def second_opening_narrow(d):
    d.all("coat")[1]["opening"]["radius"] = d.dice.lin(54.0, 60.0) * UM
