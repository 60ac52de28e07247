"""Own tables of open budgets in CKAN's database. Times are stored in UTC; keys of packages stand without foreign keys.

Budgets and their lines are in the DataStore's database: see service/lines/database.py.
"""

from ckanext.opengov.budget.model import audits, clarity, programmes, reports

__all__ = ["audits", "clarity", "programmes", "reports"]
