"""Random faults during random work, and an oracle that says whether anything was lost, repeated, stuck or left behind."""
