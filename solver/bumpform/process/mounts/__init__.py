"""A mounting: a package set down on the stack, the joint, what holds it.

`package` is the upper body, `package_solder` what it brings; `mounted` the data; `approach` and
`first_contact` how the liquid joins; `capillary_bridge` the joint's start; `mount` how it comes
to rest, `only_joint` where there is but one, `flat_contact` where the package parts the liquid;
`cooling`, `carrying` and `joined` what it freezes to.

May import: `units`, `materials`, `steps`, `geometry`, `stack`, `growth`, `surface.drop`,
`surface.joints`, `surface.search`, `surface.continuation`, `process.reflows`.
"""
