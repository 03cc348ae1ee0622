"""Rows that share stages with their neighbours.

Identity  a row is the same to the last byte, but for the seconds that it took, whatever rows came
          before it
"""

import re

import pytest

import bumpform
from bumpform.study.rows.row import compute_rows

#: Of every route what changes its last step, one before it, and what no step sees.
AXES = {
    "photoimaged_opening": {
        "deposit.Pb95Sn5.volume": '["0.38 nl", "0.47 nl"]',
        "deposit.Sn63Pb37.volume": '["0.30 nl", "0.45 nl"]',
    },
    "photoimaged_opening_no_barrier": {
        "conditions.tolerance": "[0.2, 0.25]",
        "reflow.second reflow.peak": '["215 degC", "330 degC"]',
    },
    "laminated_abraded": {
        "barrier.thickness": '["3 um", "4 um"]',
        "deposit.1.volume": '["0.2 nl", "0.3 nl"]',
    },
    "plated_column": {
        "coat.polyimide.thickness": '["15 um", "20 um"]',
        "reflow.peak": '["215 degC", "230 degC"]',
    },
    "core_and_cap": {
        "mount.mounting.load": '["0.1 mN", "2 mN"]',
        "deposit.Sn63Pb37.volume": '["18 nl", "22 nl"]',
    },
    "stacked_masks": {
        "coat.1.thickness": '["30 um", "40 um"]',
        "deposit.1.fill.metal_fraction": "[0.5, 0.6]",
    },
}


def texts(study, numbers):
    """Rows by number, without the seconds that they took."""
    rows = compute_rows(study, numbers).rows
    return {row.number: re.sub(r'"seconds":[^,}]*', "", row.text) for row in rows}


@pytest.mark.slow
@pytest.mark.dolfinx
@pytest.mark.parametrize("name", AXES)
def test_a_row_does_not_depend_on_those_before_it(name, tmp_path):
    axes = "\n".join(f'"{path}" = {values}' for path, values in AXES[name].items())
    path = tmp_path / "study.toml"
    path.write_text(f'[study]\ncase = "{name}"\n[axes]\n{axes}\n')
    study = bumpform.load_study(path)
    alone = {number: texts(study, [number])[number] for number in range(4)}
    assert len(set(alone.values())) == 4
    assert texts(study, range(4)) == alone
    assert texts(study, [2, 0, 3, 1]) == alone
