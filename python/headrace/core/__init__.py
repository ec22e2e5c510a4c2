"""What the public modules share."""
