"""What is decided elsewhere than in code: uses, norms, rules, forms, priorities, columns and messages, as data."""

from planner.catalogue.load import Catalogue, Norm, Use, load_catalogue

__all__ = ["Catalogue", "Norm", "Use", "load_catalogue"]
