"""How strong the harness is: which seeded bugs each engine finds, how soon, and how shown."""
