"""The rooms combined: generators and functions that the window and the command line share."""
