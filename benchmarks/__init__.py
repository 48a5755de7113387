"""What Melisma measures of itself: quality, speed and the words that are understood."""
