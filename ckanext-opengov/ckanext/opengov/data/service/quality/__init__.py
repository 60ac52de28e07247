"""The quality of data sets: what is measured (``metrics``), of what (``facts``), how (``rules``), and what is kept."""
