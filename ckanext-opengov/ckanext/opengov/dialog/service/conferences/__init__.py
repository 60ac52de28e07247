"""Internet conferences: their way, questions, answers, transcript."""
