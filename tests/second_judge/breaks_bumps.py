"""What breaks the conditions of the two-bump routes."""

from __future__ import annotations

from .breakers import NL, UM, C, breaks

PHOTO, PLAIN, LAM = "photoimaged_opening", "photoimaged_opening_no_barrier", "laminated_abraded"
BLANKET = {"do": "coat", "layer": "oxide", "material": "SiO2"}


def alloy(tin, lead, melts):
    """A solder of the case's own."""
    return {
        "kind": "solder", "composition": {"Sn": tin, "Pb": lead}, "solidus": melts + C,
        "liquidus": melts + C, "surface_tension": 0.46, "density": 9000.0,
    }  # fmt: skip


@breaks("opening-exposes-pad", PHOTO, PLAIN)
@breaks("stacked-in-order", PHOTO)
def pad_is_covered(d):
    d.insert(d.step("coat"), **BLANKET, thickness=d.dice.log(0.5, 3.0) * UM)
    d.wet(SiO2=d.dice.lin(60.0, 85.0))


@breaks("opening-exposes-pad", PHOTO, PLAIN, aim="not judged")
@breaks("dome-ends-on-wall", PLAIN, aim="not judged")
def no_dielectric(d):
    d.drop(d.step("coat"))
    d.wet(SiO2=140.0)


@breaks("steps-in-order", PHOTO, PLAIN)
def dielectric_too_late(d):
    coat = d.step("coat")
    d.wet(SiO2=140.0)
    coat["opening"]["radius"] = 100.0 * UM
    d.move(coat, d.step("clean"))


@breaks("steps-in-order", PHOTO, LAM, aim="not judged")
@breaks("barrier-separates-bumps", PHOTO, LAM, aim="not judged")
@breaks("different-compositions", PHOTO, aim="not judged")
def stops_after_the_barrier(d):
    d.cut_from(d.step("deposit", 1))


@breaks("dome-shaped", PHOTO, aim="not judged")
@breaks("barrier-flush", LAM, aim="not judged")
def stops_at_the_first_reflow(d):
    d.cut_from(d.step("reflow"))


@breaks("different-compositions", PHOTO, PLAIN, LAM)
def alike(d):
    off = d.dice.lin(0.0, 9e-4)
    d.data["materials"]["Pb95.1Sn4.9"] = alloy(0.05 - off, 0.95 + off, 200.0)
    d.step("deposit", 1)["solder"] = "Pb95.1Sn4.9"
    d.wet(Au=20.0, Pb95Sn5=25.0)


@breaks("first-melts-higher", PHOTO, PLAIN, LAM)
@breaks("frozen-stays-solid", PHOTO, PLAIN, LAM)
@breaks("barrier-separates-bumps", PHOTO, aim="not judged")
@breaks("second-covers-first", PLAIN, aim="not judged")
def second_melts_higher(d):
    d.step("deposit")["solder"] = "Sn63Pb37"
    d.step("reflow")["peak"] = 220.0 + C
    d.step("deposit", 1)["solder"] = "SAC305"
    d.step("reflow", 1)["peak"] = 245.0 + C
    d.wet(Au=20.0)


@breaks("frozen-stays-solid", PHOTO, PLAIN)
def remelts_does_not_silence_a_claim(d):
    second_melts_higher(d)
    if d.dice.chance(0.5):
        d.data["case"]["remelts"] = True
    else:
        d.step("reflow", 1)["remelts"] = True


@breaks("tin-first-lead-second", PHOTO, PLAIN, LAM)
def no_lead_in_the_second(d):
    d.step("deposit", 1)["solder"] = "SAC305"
    d.step("reflow", 1)["peak"] = 245.0 + C
    d.data["wetting"] |= {"SAC305 on Au": 0.35, "SAC305 on Pb95Sn5": 0.35}


@breaks("tin-first-lead-second", PHOTO, LAM)
def no_tin_in_the_first(d):
    d.step("deposit")["solder"] = "Pb"
    d.wet(Pb=25.0)


@breaks("barrier-group-viiib", PHOTO, LAM)
def barrier_of_another_group(d):
    d.step("barrier")["material"] = d.dice.pick(["Cu", "Ti", "Cr", "Ag", "Au"])
    if d.step("barrier")["material"] == "Au":
        d.step("barrier")["finish"]["material"] = "Ag"
        d.wet(Ag=20.0)


@breaks("barrier-group-viiib", PHOTO, LAM, aim="holds")
def barrier_of_each_metal(d):
    d.step("barrier")["material"] = d.dice.pick(["Ni", "Pd", "Pt", "Co", "Fe"])


@breaks("barrier-group-viiib", PHOTO, aim="not judged")
def barrier_unknown(d):
    d.data["materials"]["alloy X"] = {"kind": "metal"}
    d.step("barrier")["material"] = "alloy X"


@breaks("barrier-noble-coating", PHOTO, LAM)
def coating_not_noble(d):
    d.step("barrier")["finish"]["material"] = d.dice.pick(["Cu", "Ni"])
    d.wet(Ni=25.0)


@breaks("barrier-noble-coating", PHOTO)
def coating_of_the_barriers_own_metal(d):
    d.step("barrier")["material"] = "Pd"
    d.step("barrier")["finish"]["material"] = "Pd"
    d.wet(Pd=20.0)


@breaks("barrier-noble-coating", PHOTO, LAM, aim="not judged")
def no_coating(d):
    del d.step("barrier")["finish"]
    d.wet(Ni=25.0)


@breaks("barrier-flush", PHOTO)
def planar(d):
    d.step("barrier")["growth"] = "planar"


@breaks("barrier-on-first-bump", PHOTO, aim="not judged")
def no_barrier(d):
    d.drop(d.step("barrier"))
    d.wet(Pb95Sn5=20.0)


@breaks("barrier-thickness-matches", PHOTO)
@breaks("barrier-separates-bumps", PHOTO)
def barrier_abraded_through(d):
    height = d.dice.lin(38.0, 43.0) * UM
    d.insert(d.step("deposit", 1), do="abrade", to=height)
    d.data["wetting"] |= {"Ni": 0.4, "Pb95Sn5": 0.4}


@breaks("barrier-thickness-matches", PHOTO, LAM)
@breaks("barrier-flush", PHOTO, LAM)
@breaks("barrier-top-aligned", LAM)
def barrier_of_another_thickness(d):
    d.step("barrier")["thickness"] *= d.dice.pick([d.dice.log(0.2, 0.6), d.dice.log(1.5, 3.0)])


@breaks("barrier-thickness-matches", PHOTO, LAM, aim="holds")
@breaks("barrier-flush", PHOTO, LAM, aim="holds")
def barrier_about_as_thick(d):
    d.step("barrier")["thickness"] *= d.dice.lin(0.7, 1.35)


@breaks("dome-ends-below-top", PHOTO, PLAIN)
@breaks("barrier-thickness-matches", PHOTO, aim="not judged")
@breaks("defined-distance-window", PHOTO, aim="not judged")
@breaks("dome-ends-on-wall", PHOTO)
def first_bump_too_large(d):
    d.step("deposit")["volume"] = d.dice.log(0.47, 1.2) * NL


@breaks("dome-protrudes", PHOTO, PLAIN)
@breaks("defined-distance-window", PHOTO, PLAIN)
@breaks("barrier-flush", PHOTO)
def first_bump_too_small(d):
    d.step("deposit")["volume"] = d.dice.log(0.08, 0.3) * NL


@breaks("steps-in-order", PHOTO)
def second_layer_too_late(d):
    """A passivation with an opening first, the dielectric after the first bump."""
    dielectric_too_late(d)
    d.insert(d.step("deposit"), do="coat", layer="passivation", material="Si3N4",
             thickness=1.0 * UM, opening={"radius": 55.0 * UM})  # fmt: skip
    d.wet(Si3N4=140.0)


@breaks("dome-shaped", PHOTO, PLAIN)
def hollow(d):
    d.step("deposit")["volume"] = d.dice.log(0.1, 0.25) * NL
    d.wet(polyimide=d.dice.lin(30.0, 80.0))


@breaks("dome-ends-on-wall", PHOTO, PLAIN)
def ends_on_the_pad(d):
    d.step("deposit")["volume"] = d.dice.log(0.005, 0.02) * NL
    d.wet(Cu=d.dice.lin(50.0, 80.0))


@breaks("second-covers-barrier", PHOTO, LAM)
def second_bump_too_small(d):
    d.step("deposit", 1)["volume"] = d.dice.log(0.003, 0.05) * NL
    d.data["wetting"]["Sn63Pb37 on Au"] = d.dice.lin(0.7, 1.5)


@breaks("second-ends-at-juncture", PHOTO, LAM)
@breaks("second-covers-barrier", PHOTO, aim="holds")
def second_bump_spreads(d):
    d.step("deposit", 1)["volume"] = d.dice.lin(0.9, 1.6) * NL
    d.data["wetting"]["Sn63Pb37 on polyimide"] = d.dice.lin(0.3, 0.9)


@breaks("second-covers-first", PLAIN)
def small_ball_on_the_dome(d):
    step = d.step("deposit", 1)
    del step["volume"]
    step["ball"] = {"diameter": d.dice.lin(20.0, 45.0) * UM}


@breaks("second-covers-barrier", PHOTO, LAM, aim="not judged")
def first_melts_at_mounting(d):
    last = d.step("reflow", 1)
    d.cut_from(last)
    d.insert(None, do="mount", name="board", pad={"radius": 60 * UM, "material": "Cu"},
             base={"material": "FR4"}, load=d.dice.log(1e-5, 1e-3), peak=220.0 + C)  # fmt: skip


@breaks("abrading-exposes-bump", LAM)
@breaks("inside-shows-as-plane", LAM, aim="not judged")
def abraded_too_little(d):
    one, two = d.all("abrade")
    d.cut_from(two)
    one["to"] = d.dice.lin(90.0, 98.0) * UM


@breaks("abrading-exposes-bump", LAM, aim="not judged")
def never_covered(d):
    d.step("coat")["thickness"] = d.dice.lin(55.0, 65.0) * UM


@breaks("inside-shows-as-plane", LAM)
@breaks("plane-below-top", LAM, aim="not judged")
def flank_is_bare_too(d):
    one, two = d.all("abrade")
    d.insert(two, do="etch", layer="dielectric", by=d.dice.lin(4.0, 10.0) * UM)
    del two["below_top"]
    two["to"] = one["to"] - 2.0 * UM
    d.step("barrier")["growth"] = "conformal"
    if d.dice.chance(0.5):
        d.cut_from(d.step("barrier"))


@breaks("plane-below-top", LAM)
@breaks("barrier-top-aligned", LAM)
@breaks("barrier-flush", LAM)
def one_plane_for_both(d):
    d.drop(d.all("abrade")[1])
    d.step("barrier")["growth"] = "conformal"


@breaks("defined-distance-window", LAM)
def plane_too_deep(d):
    d.all("abrade")[1]["below_top"]["by"] = d.dice.lin(24.0, 32.0) * UM
    d.step("barrier")["thickness"] = d.all("abrade")[1]["below_top"]["by"]
