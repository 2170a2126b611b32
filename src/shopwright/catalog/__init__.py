"""What is sold and what shoppers did: feeds and documents are read here, stored here, and nowhere else."""
