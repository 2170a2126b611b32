"""What shoppers do: event files read, doubted and kept; a log that takes events while the shop is open; decisions."""
