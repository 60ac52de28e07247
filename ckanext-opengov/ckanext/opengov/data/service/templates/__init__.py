"""Standard templates: a structure as a workbook that people fill, and what they filled read back, all faults at once.

Nothing here knows CKAN, but for ``fixes`` and ``kept``, which remember.
"""
