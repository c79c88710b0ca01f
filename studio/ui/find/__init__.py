"""Finding, replacing, and tools that go over the whole text with a look before they do."""
