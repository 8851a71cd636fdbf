# diag/
