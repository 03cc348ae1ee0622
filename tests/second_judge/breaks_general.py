"""What breaks the conditions of every case, and the user's own requirements."""

from __future__ import annotations

from .breakers import NL, UM, C, breaks

PHOTO, PLAIN, LAM = "photoimaged_opening", "photoimaged_opening_no_barrier", "laminated_abraded"
COLUMN, CORE, BALL, MASKS = "plated_column", "core_and_cap", "core_metal_ball", "stacked_masks"
ALL = (PHOTO, LAM, COLUMN, CORE, MASKS)


@breaks("neighbours-clear", PHOTO, LAM, COLUMN, CORE)
def too_near(d):
    d.data["case"]["pitch"] = {
        PHOTO: 124.0, LAM: 128.0, COLUMN: 87.0, CORE: 375.0
    }[d.data["case"]["name"]] * UM * d.dice.lin(0.97, 1.02)  # fmt: skip
    if d.data["case"]["name"] == LAM:
        d.step("deposit").pop("stencil")
        d.step("deposit")["volume"] = 0.57 * NL


@breaks("neighbours-clear", *ALL, aim="not judged")
def no_pitch(d):
    del d.data["case"]["pitch"]


@breaks("frozen-stays-solid", MASKS)
@breaks("frozen-stays-solid", COLUMN, aim="not judged")
def nothing_upon_it(d):
    d.data["case"]["route"] = None
    if d.data["case"]["name"] == COLUMN:
        d.data["case"]["remelts"] = d.dice.chance(0.5)


@breaks("frozen-stays-solid", PLAIN)
def without_a_route(d):
    del d.data["case"]["route"]
    d.step("deposit")["solder"] = "SAC305"
    d.step("reflow")["peak"] = 245.0 + C
    d.step("reflow", 1)["peak"] = 230.0 + C
    d.wet(SAC305=20.0)


@breaks("frozen-stays-solid", PLAIN, aim="not judged")
def remelts(d):
    without_a_route(d)
    if d.dice.chance(0.5):
        d.data["case"]["remelts"] = True
    else:
        d.step("reflow", 1)["remelts"] = True


@breaks("frozen-stays-solid", PHOTO, aim="holds")
def cured_below_the_solidus(d):
    d.insert(None, do="cure", temperature=d.dice.lin(100.0, 180.0) + C)


@breaks("nothing-on-liquid", PLAIN)
def plate_on_a_bump_that_melts(d):
    """A disc on the frozen dome; the dome melts under it."""
    d.data["case"].pop("route")
    second = d.step("deposit", 1)
    d.insert(second, do="plate", layer="disc", material="Ni", radius=d.dice.lin(5.0, 20.0) * UM,
             thickness=d.dice.lin(3.0, 8.0) * UM)  # fmt: skip
    d.step("reflow", 1)["peak"] = 350.0 + C
    d.wet(Ni=30.0)


@breaks("no-closed-void", BALL)
def ring_under_a_package(d):
    """Solder round a core, and a package on it."""
    d.step("deposit")["stencil"]["thickness"] = d.dice.lin(180.0, 260.0) * UM


@breaks("no-closed-void", BALL)
def ball_rests_on_a_ring(d):
    """A metal ball on the edge of an opening that is too deep for it."""
    d.insert(d.step("core"), do="coat", layer="resist", material="solder resist",
             thickness=d.dice.lin(50.0, 70.0) * UM,
             opening={"radius": d.dice.lin(70.0, 100.0) * UM})  # fmt: skip
    d.wet(FR4=140.0)


@breaks("no-closed-void", PLAIN)
def lid_on_the_rim(d):
    """A package that lies on the dielectric, over solder that does not fill its opening."""
    d.step("coat")["thickness"] = d.dice.lin(55.0, 65.0) * UM
    d.step("deposit")["volume"] = d.dice.lin(0.15, 0.3) * NL
    d.cut_from(d.step("deposit", 1))
    d.insert(None, do="mount", name="lid", pad={"radius": 50.0 * UM, "material": "Cu"},
             base={"material": "FR4"}, peak=d.step("reflow")["peak"],
             standoff=d.step("coat")["thickness"])  # fmt: skip
    d.wet(FR4=140.0)


@breaks("corners-filled", PHOTO, PLAIN)
def corner_not_filled(d):
    d.wet(Cu=d.dice.lin(120.0, 150.0), polyimide=d.dice.lin(140.0, 160.0))


@breaks("film-thickness", CORE)
def thin_cap(d):
    d.step("deposit", 1)["volume"] = d.dice.log(0.8, 6.0) * NL
    d.cut_from(d.step("mount"))


@breaks("film-thickness", PLAIN)
def lens_on_the_dome(d):
    """A speck of solder that wets well: thinner than one reflow turns into intermetallic."""
    step = d.step("deposit", 1)
    del step["volume"]
    step["ball"] = {"diameter": d.dice.log(1.5, 4.0) * UM}
    d.data["wetting"]["Sn63Pb37 on Pb95Sn5"] = d.dice.lin(0.1, 0.2)


@breaks("film-thickness", PLAIN, PHOTO, aim="holds")
def thin_second_bump(d):
    d.step("deposit", 1)["volume"] = d.dice.log(0.004, 0.08) * NL


@breaks("joint-closed", COLUMN, PHOTO, LAM, MASKS, aim="holds")
def mounted(d):
    radius = d.step("substrate")["pad"]["radius"]
    d.insert(None, do="mount", name="board", pad={"radius": radius, "material": "Cu"},
             base={"material": "FR4"}, load=d.dice.log(1e-5, 5e-4), peak=255.0 + C)  # fmt: skip
    d.wet(Cu=25.0)


STAGE = {PHOTO: "second reflow", LAM: "second reflow", COLUMN: "reflow", CORE: "cap reflow",
         MASKS: "third reflow"}  # fmt: skip
ABOUT = {PHOTO: 130.0, LAM: 107.0, COLUMN: 87.0, CORE: 360.0, MASKS: 125.0}


@breaks("requirement", *ALL)
def required(d):
    name = d.data["case"]["name"]
    size = ABOUT[name] * UM
    low, high = sorted([size * d.dice.lin(0.7, 1.3), size * d.dice.lin(0.7, 1.3)])
    d.data["requirements"] = {f"{STAGE[name]}.ball_diameter_m": {"min": low, "max": high}}
    if d.dice.chance(0.5):
        d.data["requirements"][f"{STAGE[name]}.clearance_m"] = {"min": d.dice.lin(10.0, 300.0) * UM}


@breaks("requirement", PHOTO, aim="not judged")
def required_where_it_is_meaningless(d):
    d.data["requirements"] = {"second reflow.standoff_m": {"min": 1.0 * UM}}
