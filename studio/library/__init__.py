"""What the program remembers: jobs, transcripts, edits and settings, in one SQLite file."""
