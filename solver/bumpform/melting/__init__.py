"""Melting in time: the free surface moved by its capillary forces until it rests.

`verdict` judges where a melt ends; `wording`, `pictures`, `film` and `files` tell it; `progress`
is how far one is.
Rooms: `shapes`, `flows`, `beginning` and `motion`, in this order.

May import: `files`, `case`, `geometry`, `process.reflows`, `process.mounts`, `findings`,
`verdict.routes`, `result`, `picture`, `output`, `melting.shapes`, `melting.flows`,
`melting.beginning`, `melting.motion`.
"""
