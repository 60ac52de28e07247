"""Trees become files: Akoma Ntoso, HTML, DOCX, PDF."""
