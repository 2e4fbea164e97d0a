"""`python -m sup_sync`: the same as the command `sup-sync`."""

from sup_sync.cli import main

if __name__ == "__main__":
    main()
