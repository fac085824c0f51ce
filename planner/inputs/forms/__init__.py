"""Known forms: reports on one site (04a-ĐK/TSC) and reviewed allocations as ordinary lists, summaries, former forms."""

from planner.inputs.forms.former import former_form_records
from planner.inputs.forms.review import reviewed
from planner.inputs.forms.site_report import as_tables
from planner.inputs.forms.summary import is_summary

__all__ = ["as_tables", "former_form_records", "is_summary", "reviewed"]
