"""The ticker: what the office does on its own, over tables, in any number of processes at once."""
