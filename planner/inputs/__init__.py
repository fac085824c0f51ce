"""From the user's files to validated tables: reading, text, numbers, positions and places."""

from planner.inputs.read import Reading, examine, read_inputs
from planner.inputs.tables import InputFile, Inputs, Match, SheetRead, Tables

__all__ = ["InputFile", "Inputs", "Match", "Reading", "SheetRead", "Tables", "examine", "read_inputs"]
