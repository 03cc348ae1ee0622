"""The height at which a body floats, between two at which the forces differ in sign."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from bumpform.surface.continuation import floating_height


def held(lift, *, force=None):
    """A body at a height, on liquid that pushes it up by as much as it is below 0.5."""
    push = 0.5 - lift if force is None else force
    return SimpleNamespace(lift=lift, surface=SimpleNamespace(force_on_body=lambda: push))


@pytest.mark.parametrize("floats", [True, False])
def test_forces_that_balance_to_the_last_digit_end_the_search(monkeypatch, floats):
    """No place is nearer: it is where the body floats, if it is steady there, and there is none."""
    looked = []

    def at_rest(_joint, _held, lift):
        looked.append(lift)
        return held(lift)

    monkeypatch.setattr(floating_height, "lift_of", lambda body: body.lift)
    monkeypatch.setattr(floating_height, "_at_rest", at_rest)
    monkeypatch.setattr(floating_height, "_floating", lambda _j, body, *_: body if floats else None)
    monkeypatch.setattr(floating_height, "_on_edges", lambda *_: None)
    near = floating_height._balance(None, (held(0.0), 0.5), (held(1.0), -0.5), 0.0)
    assert looked == [0.5]
    assert (near is not None and near.lift == 0.5) if floats else near is None
