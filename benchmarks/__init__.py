"""Measurements and audits that take longer than a test."""
