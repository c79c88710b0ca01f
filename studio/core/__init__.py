"""Values and pure functions. Standard library and numpy only: no disk, network, Qt or clock."""
