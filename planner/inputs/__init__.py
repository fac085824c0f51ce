"""From the user's files to validated tables: reading, text, numbers, positions and places."""

from planner.inputs.read import read_inputs
from planner.inputs.tables import InputFile, Inputs, Tables

__all__ = ["InputFile", "Inputs", "Tables", "read_inputs"]
