"""The parts of `make_sample.py`: public facts, places, villages, surplus facilities, services and the workbook."""
