"""What a plan is shown as: tables, a workbook, a map and layers."""
