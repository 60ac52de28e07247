"""Open budgets: lines of money, programmes, reports and audits."""
