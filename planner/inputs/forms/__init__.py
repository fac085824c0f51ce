"""Known forms: the report on one site (04a-ĐK/TSC) as rows of an ordinary list, summaries, and former legal forms."""

from planner.inputs.forms.former import former_form_records
from planner.inputs.forms.site_report import as_tables
from planner.inputs.forms.summary import is_summary

__all__ = ["as_tables", "former_form_records", "is_summary"]
