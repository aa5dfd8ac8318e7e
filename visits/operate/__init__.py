"""Running the product: backups, their drill, leaving with everything, wiping it."""
