"""What a scenario asks beside its plan: what money brings, what fairness costs, what else is as good, what holds.

One module a study; each returns tables, and `make_studies` carries out those that the scenario's `[studies]` names.
"""
