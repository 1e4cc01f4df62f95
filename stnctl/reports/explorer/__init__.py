"""Explorer: one offline HTML page with transformations to move, and a network that runs."""
