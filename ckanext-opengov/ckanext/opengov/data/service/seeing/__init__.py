"""Tables as people see them: rows, bars, lines, slices, maps. The database counts; pages get what fits on them."""
