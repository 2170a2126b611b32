"""What conversations leave behind, how it is found again, and how a shopper has it forgotten."""
