"""Scripts that measure and print tables. Run by hand; nothing here is asserted by the tests."""
