"""A case as its file says it, in tables: for tests of what is read and what is refused."""

SUBSTRATE = {
    "do": "substrate",
    "pad": {"radius": "60 um", "thickness": "5 um", "material": "Cu"},
    "base": {"material": "SiO2"},
}
COAT = {
    "do": "coat",
    "layer": "dielectric",
    "material": "polyimide",
    "thickness": "30 um",
    "opening": {"radius": "60 um", "sidewall": "90 deg"},
}
HIGH = {"do": "deposit", "solder": "Pb95Sn5", "volume": "0.40 nl"}
FIRST = {"do": "reflow", "name": "first reflow", "peak": "350 degC"}
BARRIER = {
    "do": "barrier",
    "material": "Ni",
    "thickness": "3.6 um",
    "finish": {"material": "Au", "thickness": "0.05 um"},
}
LOW = {"do": "deposit", "solder": "Sn63Pb37", "volume": "0.6 nl"}
SECOND = {"do": "reflow", "name": "second reflow", "peak": "220 degC"}
STEPS = [SUBSTRATE, COAT, HIGH, FIRST, {"do": "clean"}, BARRIER, LOW, SECOND, {"do": "clean"}]


def file_data(steps=STEPS, **sections):
    return {"case": {"name": "x"}, "step": list(steps), **sections}


def changed(step, **values):
    return {**step, **values}


def write(tmp_path, text):
    path = tmp_path / "x.toml"
    path.write_text(text, encoding="utf-8")
    return path


#: A cap of 0.4 nl on a bare pad, without gravity.
CAP = {
    "case": {"name": "cap", "amounts": "liquid"},
    "environment": {"gravity": 0},
    "wetting": {"Cu": "25 deg"},
    "step": [
        {
            "do": "substrate",
            "pad": {"radius": "60 um", "thickness": "5 um", "material": "Cu"},
            "base": {"material": "SiO2"},
        },
        {"do": "deposit", "solder": "Pb95Sn5", "volume": "0.40 nl"},
        {"do": "reflow", "name": "r", "peak": "350 degC"},
    ],
}
