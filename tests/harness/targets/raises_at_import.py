"""It cannot even be imported."""

raise RuntimeError("the weather is bad")
