"""Who works here: people and how they sign in, positions, who holds them and when, and who owns a process."""
