"""Rows that an information system sends: read as a stream, checked column by column, merged by one statement."""
