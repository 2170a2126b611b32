"""`verify`: every sentence checked against its evidence."""
